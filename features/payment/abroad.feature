@payment @requires:several-currencies @requires:controlled-customer-ase
Feature: A tap in another currency than the account's
  The card signs the merchant's currency, Rafiki changes the money at the rates of the customer ASE. At home are cards that may not pay abroad.

  # Of KWD it is a thousandth more: the rate has no end, and what is rounded is rounded up for the payer.
  Scenario Outline: an account in <home> pays <amount>
    Given a cardholder with <balance> and a card "interledger"
    And the cardholder has a card "interledger" that pays abroad
    And a merchant who takes <currency>
    When the cardholder taps for <amount>
    Then the terminal shows "Approved"
    And the merchant has received <amount>
    And the account is left with <left>

    Examples:
      | home | currency | balance    | amount     | left       |
      | EUR  | JPY      | 50.00 EUR  | 1300 JPY   | 42.00 EUR  |
      | EUR  | KWD      | 50.00 EUR  | 3.330 KWD  | 40.00 EUR  |
      | JPY  | EUR      | 5000 JPY   | 10.00 EUR  | 3375 JPY   |
      | KWD  | EUR      | 10.000 KWD | 10.00 EUR  | 6.669 KWD  |

  Scenario: the signature of a card that pays abroad is looked at as at home
    Given a cardholder with 50.00 EUR and a card "interledger"
    And the cardholder has a card "interledger" that pays abroad
    And a merchant who takes JPY
    When the card signs 1300 JPY for another merchant
    Then the terminal shows "Declined" because "signed receiver is not the payment's"
    And no money moved

  Scenario: not enough at the rate of the day
    Given a cardholder with 8.00 EUR and a card "interledger"
    And the cardholder has a card "interledger" that pays abroad
    And a merchant who takes JPY
    When the cardholder taps for 1300 JPY
    Then the terminal shows "Declined" because "balance is too low"
    And no money moved

  Scenario Outline: a card with a limit of 10.00 EUR is asked for <amount>
    Given a cardholder with 50.00 EUR and a card "interledger"
    And the cardholder has a card "interledger" that pays abroad up to 10.00 EUR
    And a merchant who takes JPY
    When the cardholder taps for <amount>
    Then the terminal shows "<word>"

    Examples:
      | amount   | word     |
      | 1300 JPY | Approved |
      | 1700 JPY | Declined |

  Scenario: a refund comes back in the merchant's currency, and is changed on its way
    Given a cardholder with 50.00 EUR and a card "interledger"
    And the cardholder has a card "interledger" that pays abroad
    And a merchant who takes JPY
    When the cardholder taps for 1300 JPY
    Then the terminal shows "Approved"
    And the account is left with 42.00 EUR
    When the terminal refunds 1300 JPY
    Then 1300 JPY were given back
    And the account has 50.00 EUR again
