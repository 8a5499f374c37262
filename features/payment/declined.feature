@payment
Feature: A declined tap
  The issuer or the merchant's ASE says no. The terminal shows the reason, and no money moves.

  Background:
    Given a cardholder with 50.00 EUR and a card "interledger"
    And a merchant who takes EUR

  @requires:card-decisions
  Scenario Outline: a card "<profile>" whose cryptogram is wrong
    Given the cardholder has a card "<profile>" that makes wrong cryptograms
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Declined" because "cryptogram is not the card's"
    And Rafiki was told "invalid_signature"
    And no money moved

    @requires:aes-128-card
    Examples: AES cryptogram
      | profile          |
      | interledger      |

    @requires:ec-p256-card
    Examples: P-256 signature
      | profile          |
      | interledger-p256 |

  @requires:card-decisions
  Scenario: the card data of an approved tap, sent once more
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"
    When the terminal makes a new payment of the same card data
    Then the terminal shows "Declined" because "cryptogram was used before"
    And the merchant has received 12.50 EUR
    And the account is left with 37.50 EUR

  @requires:card-decisions
  Scenario: a card whose transaction counter stands still
    Given the cardholder has a card "interledger" whose transaction counter stands still
    When the cardholder taps for 10.00 EUR
    Then the terminal shows "Approved"
    When the cardholder taps for 10.00 EUR
    Then the terminal shows "Declined" because "transaction counter did not rise"
    And the merchant has received 10.00 EUR

  @requires:card-decisions
  Scenario: a terminal that uses an unpredictable number twice
    Given a terminal whose unpredictable number is always the same
    When the cardholder taps for 10.00 EUR
    Then the terminal shows "Approved"
    When the cardholder taps for 10.00 EUR
    Then the terminal shows "Declined" because "unpredictable number was used before"
    And the merchant has received 10.00 EUR

  @requires:controlled-customer-ase
  Scenario Outline: a card that is <state>
    Given the card is <state>
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Declined" because "<reason>"
    And no money moved

    Examples:
      | state      | reason              |
      | FROZEN     | card is frozen      |
      | INACTIVE   | card is not active  |
      | ORDERED    | card is not active  |
      | TERMINATED | card is terminated  |

  @requires:controlled-customer-ase
  Scenario: a card that the issuer never issued
    Given the cardholder has a card "interledger" that the issuer never issued
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Declined" because "card is not known to the issuer"
    And no money moved

  Scenario: a card whose wallet address does not exist
    Given the cardholder has a card "interledger" with a wallet address that nobody has
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Declined" because "card's wallet address cannot be found"
    And no money moved

  @requires:controlled-customer-ase
  Scenario: the payment names the wallet address of somebody else
    Given somebody else with 80.00 EUR and a card "interledger"
    When the terminal asks for 12.50 EUR from the wallet address of somebody else
    Then the terminal shows "Declined" because "wallet address is not the card's"
    And no money moved

  @requires:controlled-customer-ase
  Scenario: a card that carries the wallet address of somebody else
    Given somebody else with 80.00 EUR and a card "interledger"
    And the cardholder has a card "interledger" with the wallet address of somebody else
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Declined" because "cryptogram is not the card's"
    And no money moved

  @requires:card-decisions
  Scenario: the amount is changed after the card has signed it
    When the terminal asks for 49.00 EUR after the card signed 12.50 EUR
    Then the terminal shows "Declined" because "signed amount is not the payment's"
    And no money moved

  @requires:card-decisions
  Scenario: the card signed for another merchant
    When the card signs 12.50 EUR for another merchant
    Then the terminal shows "Declined" because "signed receiver is not the payment's"
    And no money moved

  @requires:several-currencies @requires:card-decisions
  Scenario: the currency is changed after the card has signed it
    Given a merchant who takes JPY
    When the terminal asks for 1250 JPY after the card signed 12.50 EUR
    Then the terminal shows "Declined" because "signed currency is not the payment's"
    And no money moved

  @requires:several-currencies @requires:card-decisions
  Scenario: the currency is not the account's
    Given a merchant who takes JPY
    When the cardholder taps for 1250 JPY
    Then the terminal shows "Declined" because "currency is not the account's"
    And no money moved

  Scenario: a currency that the merchant does not take, known to the terminal
    When the cardholder taps for 1250 JPY
    Then the terminal shows "Declined" because "merchant does not take this currency"
    And no money moved

  Scenario: a currency that the merchant does not take, asked for nevertheless
    When the terminal asks for 1250 JPY after the card signed 12.50 EUR
    Then the terminal shows "Declined" because "merchant does not take this currency"
    And no money moved

  @requires:card-decisions
  Scenario Outline: card data that <what>
    Given a terminal that sends the payload "<payload>"
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Declined" because "card data cannot be read by the issuer"
    And no money moved

    Examples:
      | what                             | payload              |
      | is another template              | 70039F3600           |
      | ends in the middle               | 77109F360200019F2608 |
      | lacks everything the card signed | 77059F36020001       |

  @requires:controlled-customer-ase
  Scenario: not enough balance
    When the cardholder taps for 50.01 EUR
    Then the terminal shows "Declined" because "balance is too low"
    And no money moved

  @requires:controlled-customer-ase
  Scenario: over the limit of the card
    Given the cardholder has a card "interledger" with a limit of 20.00 EUR
    When the cardholder taps for 20.01 EUR
    Then the terminal shows "Declined" because "amount is over the limit of the card"
    When the cardholder taps for 20.00 EUR
    Then the terminal shows "Approved"

  @requires:card-decisions
  Scenario: a transaction date outside the issuer's window
    Given a terminal whose transaction date is 3 days ago
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Declined" because "transaction date is outside the window"
    And no money moved

  @requires:controlled-merchant-ase
  Scenario: a merchant who is suspended
    Given the merchant is suspended
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Declined" because "merchant is suspended"
    And no money moved

  @requires:controlled-merchant-ase
  Scenario: a merchant who is closed
    Given the merchant is closed
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Declined" because "merchant is closed"
    And no money moved

  @requires:controlled-merchant-ase
  Scenario: a merchant who was suspended, and is active again
    Given the merchant is suspended
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Declined" because "merchant is suspended"
    Given the merchant is active again
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"
    And the account is left with 37.50 EUR

  @requires:controlled-merchant-ase
  Scenario: a merchant with a limit
    Given a merchant who takes EUR up to 10.00 EUR
    When the cardholder taps for 10.01 EUR
    Then the terminal shows "Declined" because "amount is over the limit of the merchant"
    And no money moved
