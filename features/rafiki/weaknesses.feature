@rafiki @weakness
Feature: Known weaknesses of card stacks on Rafiki
  Each scenario asserts what is right. Where the stack under test does otherwise it reports the weakness with what was seen; the run fails only
  with --strict. A Rafiki that is the bench's own, which copies Rafiki's weaknesses everywhere else, does what is right here.

  Background:
    Given Rafiki has no known weakness where it is the bench's own
    And a cardholder with 50.00 EUR and a card "interledger"
    And a merchant who takes EUR

  Scenario Outline: <service> believes an event with <signature>
    When somebody posts "<event>" to <service> with <signature>
    Then <service> refuses the event

    Examples:
      | service          | event                      | signature                     |
      | point-of-sale    | incoming_payment.completed | no signature                  |
      | point-of-sale    | incoming_payment.completed | a signature of yesterday      |
      | the card service | outgoing_payment.funded    | no signature                  |
      | the card service | outgoing_payment.funded    | a signature of another secret |

  Scenario: point-of-sale hands out the secret of the Admin API
    When the cardholder taps for 12.50 EUR
    And somebody on the terminal's network asks for the merchant's payments
    Then no secret is in the answer

  @requires:controlled-customer-ase
  Scenario: money is taken for a payment that can no longer succeed
    When a card payment has expired and the issuer funds it nevertheless
    Then Rafiki refuses the money

  Scenario: an incoming payment dies while everybody still waits for it
    When the cardholder taps for 12.50 EUR
    Then the incoming payment lives for the 30 seconds that point-of-sale waits

  @requires:controlled-customer-ase
  Scenario: the issuer's refusal is lost on its way to the merchant
    When the cardholder taps for 50.01 EUR
    And somebody asks point-of-sale for a payment of nothing
    Then point-of-sale has told these apart

  @requires:controlled-customer-ase
  Scenario: the issuer's refusals are all the same
    When the cardholder taps for 50.01 EUR
    Given the card is FROZEN
    When the cardholder taps for 12.50 EUR
    Then point-of-sale has told these apart

  Scenario: all errors are one error
    When somebody asks point-of-sale for a payment of nothing
    And somebody asks point-of-sale for a payment from nobody
    And somebody asks point-of-sale for a payment to nobody
    Then point-of-sale has told these apart

  Scenario: the issuer keeps no transaction counter
    Given the cardholder has a card "interledger" whose transaction counter stands still
    When the cardholder taps for 10.00 EUR
    And the cardholder taps for 10.00 EUR
    Then the issuer has refused the last tap

  Scenario: the issuer keeps no unpredictable number
    Given a terminal whose unpredictable number is always the same
    When the cardholder taps for 10.00 EUR
    And the cardholder taps for 10.00 EUR
    Then the issuer has refused the last tap

  Scenario: the issuer has no window for the transaction date
    Given a terminal whose transaction date is 3 days ago
    When the cardholder taps for 12.50 EUR
    Then the issuer has refused the last tap

  Scenario: the issuer does not compare the amount with what the card has signed
    When the terminal asks for 49.00 EUR after the card signed 12.50 EUR
    Then the issuer has refused the last tap

  @requires:controlled-customer-ase @requires:controlled-merchant-ase
  Scenario: the PIN leaves the terminal in the clear
    Given a cardholder with 500.00 EUR and a card "interledger-pin"
    And a merchant who takes EUR with an onboarded terminal
    When the cardholder taps for 80.00 EUR and enters the right PIN
    Then no clear PIN block is in the terminal's request

  @requires:several-currencies
  Scenario: a payment takes a way through another currency
    Given a cardholder with 10000 JPY and a card "interledger"
    And a merchant who takes JPY
    When the cardholder taps for 1250 JPY 4 times
    Then each tap has cost and brought 1250 JPY
