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
      | customer ASE | outgoing_payment.created   | a signature of tomorrow        |
      | customer ASE | outgoing_payment.created   | a signature 11 minutes old     |
      | customer ASE | outgoing_payment.created   | half a signature               |
      | customer ASE | outgoing_payment.created   | a signature of an old secret   |
      | customer ASE | outgoing_payment.created   | a good signature named as of another version |
      | customer ASE | outgoing_payment.completed | no signature                   |
      | customer ASE | outgoing_payment.failed    | a signature of another secret  |

    @requires:controlled-merchant-ase
    Examples: the merchant ASE
      | ase          | event                      | signature                      |
      | merchant ASE | incoming_payment.completed | no signature                   |
      | merchant ASE | incoming_payment.completed | a signature of another secret  |
      | merchant ASE | incoming_payment.completed | a malformed signature          |
      | merchant ASE | incoming_payment.completed | a signature of another body    |
      | merchant ASE | incoming_payment.completed | a signature of yesterday       |
      | merchant ASE | incoming_payment.completed | a signature of an old secret   |
      | merchant ASE | incoming_payment.completed | a good signature named as of another version |

  Scenario Outline: "<event>" is delivered twice
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"
    When Rafiki delivers "<event>" once more
    Then the webhook is taken as a duplicate
    And the merchant has received 12.50 EUR
    And the account is left with 37.50 EUR

    @requires:controlled-customer-ase
    Examples: to the customer ASE
      | event                      |
      | outgoing_payment.created   |
      | outgoing_payment.completed |

    @requires:controlled-merchant-ase
    Examples: to the merchant ASE
      | event                      |
      | incoming_payment.completed |

  Scenario: a webhook of a payment that the issuer was never asked for
    When Rafiki tells the customer ASE that a payment nobody knows is "completed"
    Then no money moved

  @requires:controlled-customer-ase
  Scenario: the end of a payment is told twice in different words
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"
    And the account is left with 37.50 EUR
    When Rafiki tells the customer ASE that the same payment has "failed"
    Then the merchant has received 12.50 EUR
    And the account is left with 37.50 EUR

  @requires:embedded-rafiki
  Scenario: the issuer's webhook is lost, and comes again 10 seconds later
    When the cardholder begins to tap for 12.50 EUR
    Given the customer ASE is down
    When the issuer decides
    And the tap ends
    Then the terminal shows "Approved"
    And the event "outgoing_payment.completed" waits 10 seconds
    Given the customer ASE is up again
    When 10 seconds pass
    Then the account is left with 37.50 EUR

  @requires:embedded-rafiki @requires:controlled-merchant-ase
  Scenario: the merchant's webhooks are lost, and come again in the wrong order
    Given the merchant ASE's webhooks is down
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"
    And the event "incoming_payment.created" waits 10 seconds
    And the event "incoming_payment.completed" waits 10 seconds
    Given the merchant ASE's webhooks is up again
    When Rafiki delivers "incoming_payment.completed" before "incoming_payment.created"
    And 10 seconds pass
    Then "incoming_payment.completed" is taken once, and then as a duplicate
    And the merchant has received 12.50 EUR
    And the account is left with 37.50 EUR
