@onboarding
Feature: A device and its two stores
  A device leaves its factory with a serial number, a model, a terminal master key (TMK) and a key that its manufacturer certified. Transaction
  keys are in a WhiteBox, enciphered under the TMK and known outside by handles; the keys of its identity are in a keystore apart. Both are
  of no use in another device, and are overwritten when somebody opens this one.

  Scenario: a device leaves its factory
    Given a device from the factory
    Then its manufacturer certified its serial number, its model and its attestation key
    And the device is no terminal

  Scenario: a device that is switched off and on is the same terminal
    Given an onboarded terminal with keys
    When the device is switched off and on
    Then the terminal's keys are usable
    And the terminal can encipher a PIN
    When the terminal rotates its keys
    Then the terminal uses key generation 2

  Scenario: no key can be read in the device's file
    Given an onboarded terminal with keys
    Then the file of the device has 3 sealed keys of its identity and 2 for transactions
    And none of them can be read in the file

  Scenario Outline: a file in a device with another <secret>
    Given an onboarded terminal with keys
    When the file of the device is put into one with another <secret>
    Then the device cannot use it

    Examples:
      | secret              |
      | terminal master key |
      | storage key         |

  Scenario Outline: a file in which somebody changed <what>
    Given an onboarded terminal with keys
    When somebody changes <what> in the file of the device
    Then the device cannot use it

    Examples:
      | what                             |
      | a bit of a transaction key       |
      | a bit of the signing key         |
      | the handle of a transaction key  |
      | the name of the signing key      |

  Scenario: a handle of another device opens nothing
    Given an onboarded terminal with keys
    Then a handle that the device did not give opens nothing

  Scenario: a device that somebody opened stays empty
    Given an onboarded terminal with keys
    When somebody opens the device
    Then the device holds no keys
    And both stores of the device are empty
    When the device is switched off and on
    Then both stores of the device are empty
    When the device is onboarded
    Then the ceremony ends because "device was tampered with and holds no keys"
