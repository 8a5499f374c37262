@requires:controlled-merchant-ase @onboarding @hsm
Feature: A device becomes a terminal by the keys in an HSM
  The merchant ASE's authority, its key distribution host and the base derivation keys are in its HSM. Certificates and revocation lists are
  signed there, initial keys are derived and enciphered there for the device alone; who is refused costs it no signature.

  Background:
    Given a cardholder with 500.00 EUR and a card "interledger-pin"
    And a merchant who takes EUR and a device from the factory

  @requires:controlled-customer-ase
  Scenario Outline: from the factory to a payment with PIN: signing key of <kind>, keys in <passes>
    When the office admits the device and it is onboarded with a signing key of <kind>
    Then its ceremony is done
    And the authority in the HSM certified the device's keys under the root that the device trusts
    And the HSM did "SignCertificate" in token
    When the shop's terminal gets its keys in <passes>
    Then its ceremony is done
    And the HSM did "ExportInitialKey" clear in signer
    And the registry shows key generation 1 of the terminal
    Given the settings of the shop were decided
    When the shop's terminal asks for its configuration
    Then its ceremony is done
    When the cardholder taps for 80.00 EUR and enters the right PIN
    Then the terminal shows "Approved"
    And the merchant has received 80.00 EUR

    Examples:
      | kind    | passes     |
      | Ed25519 | two passes |
      | P-256   | two passes |
      | Ed25519 | one pass   |

  Scenario Outline: a device <what>
    When the shop's device is onboarded <what>
    Then its ceremony ends because "<reason>"
    And the shop's device is no terminal
    And the HSM certified nobody

    Examples:
      | what                                     | reason                                                      |
      | without being on the allow list          | device of this serial number and model is not on the allow list |
      | with an activation code that nobody issued | activation code is unknown                                |
      | and lies about its serial number         | device did not sign what it says, or is not the one it says |
      | and lies about its manufacturer          | manufacturer's certificate of the device is refused         |
      | and lies about having its signing key    | request for the signing certificate is refused              |

  Scenario Outline: a device with <key>
    When the shop's device is onboarded, bringing <key>
    Then its ceremony ends because "<reason>"
    And the HSM certified nobody

    Examples:
      | key                                      | reason                                               |
      | a key-receiving key of RSA with 1024 bits | request for the key-receiving certificate is refused |
      | a signing key of RSA                     | signing key is neither Ed25519 nor P-256             |

  Scenario: an activation code that another device has used
    When the shop's device is onboarded with an activation code that another device has used
    Then its ceremony ends because "activation code was used before"
    And the shop's device is no terminal

  Scenario: the HSM is gone when a device is onboarded
    Given the HSM of the merchant ASE is gone
    When the office admits the device and it is onboarded
    Then its ceremony ends because "merchant ASE cannot be reached"
    And the shop's device is no terminal
    When the HSM of the merchant ASE is back
    And the shop's device is onboarded with the same activation code
    Then its ceremony is done
    When the shop's terminal asks for new keys
    Then its ceremony is done

  @requires:controlled-customer-ase
  Scenario: the HSM is gone when the terminal asks for keys and for its configuration
    Given a merchant who takes EUR with an onboarded terminal
    And the HSM of the merchant ASE is gone
    When the shop's terminal asks for new keys
    Then its ceremony ends because "merchant ASE cannot be reached"
    And the shop's terminal has key generation 1
    When the shop's terminal asks for its configuration
    Then its ceremony ends because "merchant ASE cannot be reached"
    When the cardholder taps for 10.00 EUR
    Then the terminal shows "Failed" because "HSM of the merchant ASE cannot be reached"
    When the HSM of the merchant ASE is back
    And the cardholder taps for 80.00 EUR and enters the right PIN
    Then the terminal shows "Approved"
    When the shop's terminal asks for new keys
    Then the shop's terminal has key generation 2
    When the shop's terminal asks for its configuration
    Then its ceremony is done

  @requires:controlled-customer-ase
  Scenario: a rotation that the office wants
    Given a merchant who takes EUR with an onboarded terminal
    When the office wants the shop's terminal to rotate its keys
    And the cardholder taps for 80.00 EUR and enters the right PIN
    Then the terminal shows "Approved"
    When the shop's terminal rotates its keys as it is due
    And the cardholder taps for 80.00 EUR and enters the right PIN
    Then the terminal shows "Approved"
    And the registry shows key generation 2 of the terminal

  @requires:controlled-customer-ase
  Scenario: a rotation in an emergency leaves the keys of before no grace
    Given a merchant who takes EUR with an onboarded terminal
    And a copy of the terminal is made
    When the office wants the shop's terminal to rotate its keys, in an emergency
    And the cardholder taps for 80.00 EUR and enters the right PIN
    Then the terminal shows "Failed" because "terminal did not rotate its keys in time"
    And no money moved
    When the shop's terminal rotates its keys as it is due
    And the cardholder taps at the copy for 80.00 EUR and enters the right PIN
    Then the terminal shows "Failed" because "key serial number is refused"
    And no money moved
    When the cardholder taps for 80.00 EUR and enters the right PIN
    Then the terminal shows "Approved"
