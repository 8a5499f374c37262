@requires:controlled-merchant-ase @onboarding
Feature: A device becomes a terminal
  The device shows who made it, makes its keys inside, and proves a merchant's activation code. The merchant ASE decides whether
  to trust it, certifies its keys, and sends initial keys that only this device can open.

  Background:
    Given a device from the factory

  Scenario Outline: onboarding with a signing key of <kind>
    When the device is onboarded with a signing key of <kind>
    Then the ceremony is done
    And the device is a terminal of its merchant
    When the terminal rotates its keys
    Then the terminal uses key generation 1
    And the terminal's keys are usable

    Examples:
      | kind    |
      | Ed25519 |
      | P-256   |

  Scenario: a device that is not on the allow list
    When the device is onboarded without being on the allow list
    Then the ceremony ends because "device of this serial number and model is not on the allow list"
    And the device is no terminal

  Scenario Outline: an activation code that <what>
    When the device is onboarded with an activation code that <what>
    Then the ceremony ends because "<reason>"
    And the device is no terminal

    Examples:
      | what                    | reason                          |
      | nobody issued           | activation code is unknown      |
      | another device has used | activation code was used before |
      | has expired             | activation code has expired     |

  Scenario Outline: a device that lies about <what>
    When the device is onboarded and lies about <what>
    Then the ceremony ends because "<reason>"
    And the device is no terminal

    Examples:
      | what                                       | reason                                                      |
      | its serial number                          | device did not sign what it says, or is not the one it says |
      | its model                                  | device did not sign what it says, or is not the one it says |
      | its attestation key                        | device did not sign what it says, or is not the one it says |
      | its manufacturer                           | manufacturer's certificate of the device is refused         |
      | the serial number in a certificate request | request for a certificate names another device than the message |
      | having its signing key                     | request for the signing certificate is refused              |

  Scenario Outline: a device with <key>
    When the device is onboarded, bringing <key>
    Then the ceremony ends because "<reason>"
    And the device is no terminal

    Examples:
      | key                                       | reason                                               |
      | a key-receiving key of RSA with 1024 bits | request for the key-receiving certificate is refused |
      | a key-receiving key of P-256              | key-receiving key is not RSA                         |
      | a signing key of RSA                      | signing key is neither Ed25519 nor P-256             |

  Scenario: a device that was opened
    When somebody opens the device
    And the device is onboarded
    Then the ceremony ends because "device was tampered with and holds no keys"

  Scenario: a device that is onboarded already
    When the device is onboarded
    Then the ceremony is done
    When the device is onboarded
    Then the ceremony ends because "device is onboarded already"

  Scenario: keys before onboarding
    When the terminal rotates its keys
    Then the ceremony ends because "device is not onboarded"
