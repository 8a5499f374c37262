@requires:controlled-merchant-ase @keys
Feature: Key serial numbers and PIN blocks of a terminal
  Each PIN leaves the terminal under a key of its own; the key serial number says which (X9.24-3). The merchant ASE takes it under keys of this
  terminal, for PINs, in use. A PIN block of format 4 is bound to its PAN (ISO 9564-1).

  Background:
    Given an onboarded terminal with keys

  Scenario Outline: the key serial number <whose>
    Then a PIN under the key serial number <whose> is "<verdict>"

    Examples:
      | whose                           | verdict                                         |
      | of its PIN key                  | usable                                          |
      | of its key for account data     | key serial number is not one of the terminal's  |
      | that nobody was given           | key serial number is not one of the terminal's  |
      | of another base derivation key  | key serial number is not one of the terminal's  |
      | of another terminal             | key serial number is not one of the terminal's  |
      | of keys that were not confirmed | key generation was not confirmed                |

  Scenario Outline: a PIN block <how>
    Then a PIN block <how> gives <which> PIN

    Examples:
      | how                                                | which |
      | as it was sent                                     | the   |
      | with another PAN                                   | no    |
      | with a flipped bit                                 | no    |
      | with the key serial number of the next transaction | no    |

  Scenario: a key without a transaction left
    Given the PIN key of the terminal has one transaction left
    Then the terminal can encipher a PIN
    And the terminal cannot encipher a PIN
    When the terminal rotates its keys
    Then the terminal uses key generation 2
    And the terminal can encipher a PIN
