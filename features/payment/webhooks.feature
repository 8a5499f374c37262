@payment
Feature: Webhooks
  Rafiki delivers at least once, and anybody on the network can post: a signature is asked for, and a repetition changes nothing.

  Background:
    Given a cardholder with 50.00 EUR and a card "interledger"
    And a merchant who takes EUR

  Scenario Outline: a webhook with <signature> to the <ase>
    When somebody posts "<event>" to the <ase> with <signature>
    Then the webhook is refused with 401
    And no money moved

    Examples:
      | ase          | event                      | signature                      |
      | customer ASE | outgoing_payment.created   | no signature                   |
      | customer ASE | outgoing_payment.created   | a signature of another secret  |
      | customer ASE | outgoing_payment.created   | a signature of another body    |
      | customer ASE | outgoing_payment.created   | a signature of yesterday       |
      | customer ASE | outgoing_payment.created   | a malformed signature          |
      | merchant ASE | incoming_payment.completed | no signature                   |
      | merchant ASE | incoming_payment.completed | a signature of another secret  |
      | merchant ASE | incoming_payment.completed | a malformed signature          |

  Scenario Outline: "<event>" is delivered twice
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"
    When Rafiki delivers "<event>" once more
    Then the webhook is taken as a duplicate
    And the merchant has received 12.50 EUR
    And the account is left with 37.50 EUR

    Examples:
      | event                      |
      | outgoing_payment.created   |
      | outgoing_payment.completed |
      | incoming_payment.completed |
