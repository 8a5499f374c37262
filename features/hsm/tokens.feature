@hsm
Feature: A token that cannot be opened
  The start fails at once, says what is wrong, and leaves no process.

  Background:
    Given a payment HSM on "SoftHSM2"

  Scenario: a module that is not there
    When an HSM is opened with:
      | module | /nowhere/pkcs11.so |
    Then the HSM refuses with MODULE_NOT_FOUND: "expected a PKCS#11 module at /nowhere/pkcs11.so, got no such file"

  Scenario: a file that is no module
    When an HSM is opened with:
      | module | package.json |
    Then the HSM refuses with MODULE_FAILED: "expected package.json to be a PKCS#11 module that starts, got …"

  Scenario Outline: no token of that <what>
    When an HSM is opened with:
      | <name> | <value> |
    Then the HSM refuses with TOKEN_NOT_PRESENT: 'expected the token <says> in …, got "tapbench"…'

    Examples:
      | what          | name       | value  | says                      |
      | label         | tokenLabel | nobody | "nobody"                  |
      | serial number | serial     | 0000   | with serial number 0000   |
      | slot          | slot       | 4711   | in slot 4711              |

  Scenario: no token named
    When an HSM is opened without the name of a token
    Then the HSM refuses with INVALID_INPUT_DATA: "expected tokenLabel, serial or slot of the token, got none"

  Scenario Outline: <count> signers
    When an HSM is opened with <count> signers
    Then the HSM refuses with INVALID_INPUT_DATA: "expected 1 to 8 signers, got <count>"

    Examples:
      | count |
      | 0     |
      | 9     |

  Scenario: a wrong PIN
    When an HSM is opened on a token of its own with the PINs "0000"
    Then the HSM refuses with PIN_INCORRECT: 'expected the user PIN of the token "tapbench", got CKR_PIN_…'

  Scenario: the same wrong PIN again does not reach the token
    When an HSM is opened on a token of its own with the PINs "0000, 0000"
    Then the HSM refuses with PIN_REFUSED_BEFORE: "expected the user PIN of the token, got one that was wrong before"

  Scenario: three wrong PINs lock out the right one too
    When an HSM is opened on a token of its own with the PINs "0000, 1111, 2222, right"
    Then the HSM refuses with PIN_LOCKED: "expected fewer than 3 wrong PINs, got a lockout until …"

  Scenario: two wrong PINs and then the right one
    When an HSM is opened on a token of its own with the PINs "0000, 1111, right"
    Then the answer is yes

  Scenario Outline: settings with <what>
    When the settings of a token are read from:
      | TAPBENCH_HSM_<first>  | <a> |
      | TAPBENCH_HSM_<second> | <b> |
    Then the HSM refuses with CONFIGURATION_WRONG: "expected …, got <came>"

    Examples:
      | what            | first       | a      | second   | b         | came         |
      | two PINs        | PIN         | 12     | PIN_FILE | /pin      | both         |
      | two tokens      | TOKEN_LABEL | issuer | SERIAL   | 12        | several      |
      | no PIN          | TOKEN_LABEL | issuer | PROVIDER | softhsm2  | a token alone |
      | no token        | PIN         | 12     | PROVIDER | nss       | a PIN alone  |
      | another vendor  | PIN         | 12     | PROVIDER | thales    | …            |

  Scenario Outline: settings of two tokens with <what>
    When the settings of a token are read from:
      | TAPBENCH_HSM_TOKENS    | <count> |
      | TAPBENCH_HSM_<first>   | <a>     |
      | TAPBENCH_HSM_<second>  | <b>     |
    Then the HSM refuses with CONFIGURATION_WRONG: "expected …, got <came>"

    Examples:
      | what                   | count | first       | a      | second        | b      | came             |
      | a third                | 3     | PROVIDER    |        | 2_PROVIDER    |        | …                |
      | a second without PIN   | 2     | PROVIDER    |        | 2_TOKEN_LABEL | issuer | a token alone    |
      | a name for one alone   | 2     | TOKEN_LABEL | issuer | PIN           | 12     | one of each kind |
