@payment @requires:controlled-merchant-ase
Feature: After the payment
  Status, reversal, refund and the list of a day, as a terminal asks the POS API for them. A refund is a payment from the merchant's wallet address to the
  cardholder's.

  Background:
    Given a cardholder with 50.00 EUR and a card "interledger"
    And a merchant who takes EUR

  Rule: the status of a payment is the truth

    Scenario: of an approved one
      When the cardholder taps for 12.50 EUR
      And the terminal asks what became of the payment
      Then the payment was "Approved" and its money came

    @requires:controlled-customer-ase
    Scenario: of a declined one
      Given the card is FROZEN
      When the cardholder taps for 12.50 EUR
      And the terminal asks what became of the payment
      Then the payment was "Declined" and no money came

    Scenario: of one that nobody has made
      When the terminal asks what became of a payment that nobody has made
      Then the payment is unknown

    Scenario: of another terminal's
      When the cardholder taps for 12.50 EUR
      Given a merchant who takes EUR
      When the terminal asks what became of the payment
      Then the payment is unknown

    Scenario: a terminal that is not registered learns nothing
      When the cardholder taps for 12.50 EUR
      Given a terminal that is not registered
      When the terminal asks what became of the payment
      Then the terminal hears nothing

    @requires:controlled-customer-ase
    Scenario: of one that is under way
      When the cardholder begins to tap for 12.50 EUR
      And the terminal asks what became of the payment
      Then the payment is under way
      When the issuer decides
      And the tap ends
      Then the terminal shows "Approved"

    @waits @requires:controlled-customer-ase
    Scenario: the terminal gave up waiting, the payment went well
      When the cardholder begins to tap for 12.50 EUR at a terminal that waits 1 second
      And 1 second passes
      And the tap ends
      Then the terminal shows "Failed" because "POS API cannot be reached"
      When the issuer decides
      Then the account is left with 37.50 EUR
      When the terminal asks what became of the payment
      Then the payment was "Approved" and its money came

    @waits @requires:rafiki-services @requires:controlled-customer-ase
    Scenario Outline: the <service> went away meanwhile, the money came late
      When the cardholder begins to tap for 12.50 EUR
      Given the <service> is down
      When the issuer decides
      And the tap ends
      Then the terminal shows "Failed"
      And the account is left with 37.50 EUR
      Given the <service> is up again
      When 12 seconds pass
      And the terminal asks what became of the payment
      Then the payment was "Failed" and its money came

      Examples:
        | service                  |
        | merchant's point-of-sale |
        | customer's card service  |

    @requires:embedded-rafiki
    Scenario: the merchant ASE's database went away meanwhile, and the same request stores the outcome
      When the cardholder begins to tap for 12.50 EUR
      Given the merchant ASE's database is down
      When the issuer decides
      And the tap ends
      Then the terminal shows "Approved"
      And the account is left with 37.50 EUR
      And the event "incoming_payment.completed" waits 10 seconds
      Given the merchant ASE's database is up again
      When 12 seconds pass
      And the terminal sends the same request again
      Then the terminal shows "Approved"
      When the terminal asks what became of the payment
      Then the payment was "Approved" and its money came

  Rule: a reversed payment counts for nothing, whatever becomes of it

    Scenario: an approved payment is given back
      When the cardholder taps for 12.50 EUR
      And the terminal reverses the payment
      Then the payment was "Approved" and reversed
      And 12.50 EUR were given back
      And the account has 50.00 EUR again

    Scenario: a payment is reversed three times
      When the cardholder taps for 12.50 EUR
      And the terminal reverses the payment
      And the terminal reverses the payment
      And 12.50 EUR were given back
      And the terminal reverses the payment
      Then 12.50 EUR were given back
      And the account has 50.00 EUR again

    @requires:controlled-customer-ase
    Scenario: a declined payment has nothing to give back
      Given the card is FROZEN
      When the cardholder taps for 12.50 EUR
      And the terminal reverses the payment
      Then the payment was "Declined" and reversed
      And no money moved

    @requires:controlled-customer-ase
    Scenario: void: a payment under way ends as reversed
      When the cardholder begins to tap for 12.50 EUR
      And the terminal reverses the payment
      Then the payment is under way
      When the issuer decides
      And the tap ends
      Then the terminal shows "Failed" because "payment was reversed"
      And the account has 50.00 EUR again

    @requires:controlled-customer-ase
    Scenario: void: a payment under way that is declined has nothing to give back
      When the cardholder begins to tap for 12.50 EUR
      And the terminal reverses the payment
      Given the card is FROZEN
      When the issuer decides
      And the tap ends
      Then the terminal shows "Declined" because "card is frozen"
      And no money moved

    @waits @requires:controlled-customer-ase
    Scenario: the terminal gave up waiting and reverses, the money comes later
      When the cardholder begins to tap for 12.50 EUR at a terminal that waits 1 second
      And 1 second passes
      And the tap ends
      Then the terminal shows "Failed" because "POS API cannot be reached"
      When the terminal reverses the payment
      And the issuer decides
      Then the account has 50.00 EUR again
      And 12.50 EUR were given back

    @requires:rafiki-services @requires:controlled-customer-ase
    Scenario: a failed payment is reversed before its money comes
      When the cardholder begins to tap for 12.50 EUR
      Given the merchant's point-of-sale is down
      When the tap ends
      Then the terminal shows "Failed" because "Rafiki cannot be reached"
      When the terminal reverses the payment
      And the issuer decides
      Given the merchant's point-of-sale is up again
      Then 12.50 EUR were given back
      And the account has 50.00 EUR again

    Scenario: the reversal comes before the payment
      Given a terminal whose requests are held back
      When the cardholder taps for 12.50 EUR
      And the terminal reverses the payment
      And the terminal sends the held request
      Then the terminal shows "Failed" because "request was sent before"
      And no money moved

    Scenario: two taps for one sale, the second is reversed
      When the cardholder taps for 12.50 EUR
      And the cardholder taps for 12.50 EUR
      Then the terminal shows "Approved"
      When the terminal reverses the payment
      Then 12.50 EUR were given back
      And the account has 37.50 EUR again

  Rule: a refund is a payment back

    Scenario Outline: <refund> of 12.50 EUR
      When the cardholder taps for 12.50 EUR
      And the terminal refunds <refund>
      Then the terminal shows "Approved"
      And <refund> were given back
      And the account has <balance> again

      Examples:
        | refund    | balance   |
        | 12.50 EUR | 50.00 EUR |
        | 2.50 EUR  | 40.00 EUR |
        | 0.01 EUR  | 37.51 EUR |

    Scenario: in parts, until nothing is left
      When the cardholder taps for 12.50 EUR
      And the terminal refunds 5.00 EUR
      And the terminal refunds 7.50 EUR
      Then the terminal shows "Approved"
      And 12.50 EUR were given back
      When the terminal refunds 0.01 EUR
      Then the terminal shows "Declined" because "payment has no money to give back"
      And the account has 50.00 EUR again

    Scenario: more than was paid
      When the cardholder taps for 12.50 EUR
      And the terminal refunds 12.51 EUR
      Then the terminal shows "Declined" because "refund is more than what is left of the payment"
      And the account is left with 37.50 EUR

    @requires:controlled-customer-ase
    Scenario: of a declined payment
      Given the card is FROZEN
      When the cardholder taps for 12.50 EUR
      And the terminal refunds 12.50 EUR
      Then the terminal shows "Declined" because "payment has no money to give back"
      And no money moved

    Scenario: the terminal did not hear the answer and sends the same refund again
      When the cardholder taps for 12.50 EUR
      And the terminal refunds 5.00 EUR
      And the terminal sends the same refund again
      Then the terminal shows "Approved"
      And 5.00 EUR were given back
      And the account has 42.50 EUR again

    Scenario: the same refund twice at once
      When the cardholder taps for 12.50 EUR
      And the terminal sends the same refund of 5.00 EUR twice at once
      Then the terminal shows "Approved"
      And 5.00 EUR were given back
      And the account has 42.50 EUR again

    @requires:controlled-customer-ase
    Scenario: a card that was terminated since gets its money back
      When the cardholder taps for 12.50 EUR
      Given the card is TERMINATED
      When the terminal refunds 12.50 EUR
      Then 12.50 EUR were given back
      And the account has 50.00 EUR again

    Scenario: a merchant who was suspended since can give money back, and take none
      When the cardholder taps for 12.50 EUR
      Given the merchant is suspended
      When the terminal refunds 2.50 EUR
      Then 2.50 EUR were given back
      When the cardholder taps for 1.00 EUR
      Then the terminal shows "Declined" because "merchant is suspended"
      And the account has 40.00 EUR again

    @requires:embedded-rafiki
    Scenario Outline: the <service> is gone, and back
      When the cardholder taps for 12.50 EUR
      Given the <service> is down
      When the terminal refunds 5.00 EUR
      Then the terminal shows "Failed" because "refund could not be sent"
      Given the <service> is up again
      When the terminal sends the same refund again
      Then the terminal shows "Approved"
      And 5.00 EUR were given back
      And the account has 42.50 EUR again

      Examples:
        | service                  |
        | merchant's admin API     |
        | customer's Open Payments |

    @requires:embedded-rafiki
    Scenario: the customer ASE is gone while the money comes back
      When the cardholder taps for 12.50 EUR
      Then the account is left with 37.50 EUR
      Given the customer ASE is down
      When the terminal refunds 5.00 EUR
      Then 5.00 EUR were given back
      And the event "incoming_payment.completed" waits 10 seconds
      Given the customer ASE is up again
      When 10 seconds pass
      Then the account has 42.50 EUR again

    @requires:several-currencies
    Scenario Outline: in <currency>
      Given a cardholder with <balance> and a card "interledger"
      And a merchant who takes <currency>
      When the cardholder taps for <amount>
      And the terminal refunds <refund>
      Then <refund> were given back
      And the account has <left> again

      Examples:
        | currency | balance     | amount    | refund    | left        |
        | JPY      | 10000 JPY   | 1250 JPY  | 250 JPY   | 9000 JPY    |
        | KWD      | 100.000 KWD | 3.505 KWD | 3.505 KWD | 100.000 KWD |

  Rule: the list of a day adds up

    @requires:controlled-customer-ase
    Scenario: a day of every kind
      Given a cardholder with 500.00 EUR and a card "interledger"
      When the cardholder taps for 10.00 EUR
      And the cardholder taps for 20.00 EUR
      And the terminal refunds 5.00 EUR
      Then 5.00 EUR were given back
      When the cardholder taps for 600.00 EUR
      Then the terminal shows "Declined"
      When the day of the merchant is asked for
      Then it has 2 approved of 30.00 EUR, 1 declined, 0 failed, 1 refund of 5.00 EUR, in all 25.00 EUR
      And it agrees with what Rafiki says the merchant has received

    Scenario: a day without payments
      When the day of the merchant is asked for
      Then it is empty

    Scenario: another day
      When the cardholder taps for 10.00 EUR
      And the day before is asked for
      Then it is empty

    Scenario: of another merchant
      When the cardholder taps for 10.00 EUR
      Given a merchant who takes EUR
      When the day of the merchant is asked for
      Then it is empty

    @requires:rafiki-services @requires:controlled-customer-ase
    Scenario: money that came late is there
      When the cardholder begins to tap for 12.50 EUR
      Given the merchant's point-of-sale is down
      When the issuer decides
      And the tap ends
      Then the terminal shows "Failed"
      Given the merchant's point-of-sale is up again
      Then the account is left with 37.50 EUR
      When the day of the merchant is asked for
      Then it has 0 approved of 0.00 EUR, 0 declined, 1 failed, 0 refunds of 0.00 EUR, in all 12.50 EUR
      And it agrees with what Rafiki says the merchant has received
