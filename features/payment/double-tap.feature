@payment
Feature: The same tap twice
  A card's signature pays once, a request id is one payment, and a second tap is a second payment that can be reversed.

  Background:
    Given a cardholder with 50.00 EUR and a card "interledger"
    And a merchant who takes EUR

  Scenario Outline: the same request <times> times at once
    Given a terminal whose requests are held back
    When the cardholder taps for 12.50 EUR
    And the terminal sends the held request <times> times at once
    Then all of them are "Approved"
    And the merchant has received 12.50 EUR
    And the account is left with 37.50 EUR

    Examples:
      | times |
      | 2     |
      | 5     |

  @requires:card-decisions
  Scenario Outline: <times> payments of the same card data at once
    Given a terminal whose requests are held back
    When the cardholder taps for 12.50 EUR
    And the terminal makes <times> payments of the held card data at once
    Then one of them is "Approved", the others are "Declined" because "cryptogram was used before"
    And the merchant has received 12.50 EUR
    And the account is left with 37.50 EUR

    Examples:
      | times |
      | 2     |
      | 5     |

  Scenario: the same request id with another amount
    When the cardholder taps for 12.50 EUR
    And the terminal sends the same request again with 1.00 EUR
    Then the terminal shows "Failed" because "request was sent before"
    And the merchant has received 12.50 EUR
    And the account is left with 37.50 EUR

  @requires:controlled-customer-ase
  Scenario: the same request id after a decline
    Given the card is FROZEN
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Declined" because "card is frozen"
    Given the card is ACTIVE
    When the terminal sends the same request again
    Then the terminal shows "Declined" because "card is frozen"
    And no money moved

  Scenario: two taps one after the other are two payments
    When the cardholder taps for 12.50 EUR
    And the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"
    And the transaction counters rose by one each time
    And the merchant has received 25.00 EUR
    And the account is left with 25.00 EUR
