@payment
Feature: An issuer that is slow, silent, or of two minds
  A payment that nobody funds within 8 seconds is cancelled: the incoming payment lives for 10. What an issuer does besides changes nothing.

  Background:
    Given a cardholder with 50.00 EUR and a card "interledger"
    And a merchant who takes EUR

  @waits @requires:controlled-customer-ase
  Scenario Outline: the issuer needs <seconds> seconds to decide
    Given the customer ASE needs <seconds> seconds to decide
    When the cardholder taps for 12.50 EUR and <seconds> seconds pass after the issuer was asked
    Then the terminal shows "Approved"
    And the merchant has received 12.50 EUR
    And the account is left with 37.50 EUR

    Examples:
      | seconds |
      | 1       |
      | 5       |
      | 7       |

  @waits @requires:controlled-customer-ase
  Scenario Outline: the issuer needs <seconds> seconds to decide, which is too long
    Given the customer ASE needs <seconds> seconds to decide
    When the cardholder taps for 12.50 EUR and <seconds> seconds pass after the issuer was asked
    Then the terminal shows "Failed" because "issuer did not answer in time"
    And the issuer never funded
    And no money moved

    Examples:
      | seconds |
      | 8       |
      | 9       |
      | 29      |

  @waits @requires:controlled-customer-ase
  Scenario: the issuer decides when nobody waits any more
    Given the customer ASE needs 60 seconds to decide
    When the cardholder taps for 12.50 EUR and 31 seconds pass after the issuer was asked
    Then the terminal shows "Failed" because "issuer did not answer in time"
    When 60 seconds pass
    Then the issuer never funded
    And no money moved

  @waits @requires:controlled-customer-ase
  Scenario: an issuer that was silent once is asked again by the next tap
    Given the customer ASE is silent
    When the cardholder taps for 12.50 EUR and 31 seconds pass after the issuer was asked
    Then the terminal shows "Failed" because "issuer did not answer in time"
    Given the customer ASE behaves
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"
    And the merchant has received 12.50 EUR
    And the account is left with 37.50 EUR

  @requires:controlled-customer-ase
  Scenario: an issuer that funds every payment twice
    Given the customer ASE funds every payment twice
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"
    And the merchant has received 12.50 EUR
    And the account is left with 37.50 EUR

  @requires:controlled-customer-ase
  Scenario: an issuer that cancels what it has funded
    Given the customer ASE cancels what it has funded
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"
    And the merchant has received 12.50 EUR
    And the account is left with 37.50 EUR
    And Rafiki refused to "cancel" what was funded

  @requires:controlled-customer-ase
  Scenario: an issuer that funds what it has refused
    Given the card is FROZEN
    And the customer ASE funds what it has refused
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Declined" because "card is frozen"
    And Rafiki refused to "fund" what was cancelled
    And no money moved
