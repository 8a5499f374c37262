@faults
Feature: The card leaves the field
  Whenever the card goes, the terminal says so, never approves and never waits for ever; the reader serves the next card.

  Background:
    Given a cardholder with 50.00 EUR and a card "interledger"
    And a merchant who takes EUR

  Scenario Outline: the card is removed <moment>
    Given the card will be removed <moment>
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Failed" because "card was removed"
    And no request reached the merchant ASE
    And no money moved
    When the cardholder taps with a sound card for 12.50 EUR
    Then the terminal shows "Approved"

    Examples:
      | moment                       |
      | before SELECT of the PPSE    |
      | before SELECT of the AID     |
      | before GET PROCESSING OPTIONS |
      | before the first READ RECORD |
      | before the second READ RECORD |
      | before GENERATE AC           |
      | inside GENERATE AC           |

  Scenario: no card comes
    When the terminal waits for a card that does not come
    Then the terminal shows "Failed" because "card was removed"
