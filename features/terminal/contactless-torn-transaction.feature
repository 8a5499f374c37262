@terminal @contactless @CL-C2-3.7
Feature: Recovery of a torn transaction
  A card that left inside GENERATE AC has made its cryptogram and counted: shown again, it is asked for that one, not for another.

  Background:
    Given a terminal "contactless"
    And a cardholder with a card "mchip-like-contactless"
    And the card will leave inside GENERATE AC

  Scenario: the card is shown again
    A terminal that failed this would have the cardholder's card count two payments where one was made.
    When a purchase of 10.00 EUR is made
    Then the kernel ends with "TryAgain"
    And the reader shows "Present card again"
    And Entry Point starts again at B
    And the Error Indication is "L1 TIME OUT ERROR"
    And the terminal shows "Failed" because "card was removed"
    When the same card is shown again
    And a purchase of 10.00 EUR is made
    Then the terminal sent "80D0" 1 time
    And the terminal did not send "80AE"
    And the kernel ends with "Approved"
    And the cryptogram is of transaction 1 of the card
    And the terminal notes under "Offline data authentication": "CDA successful"

  Scenario: the next transaction after a recovery
    A terminal that failed this would ask for a torn transaction again and again.
    When a purchase of 10.00 EUR is made
    And the same card is shown again
    And a purchase of 10.00 EUR is made
    And the same card is shown again
    And a purchase of 10.00 EUR is made
    Then the terminal did not send "80D0"
    And the kernel ends with "Approved"
    And the cryptogram is of transaction 3 of the card

  Scenario: another card of the same account is shown
    A terminal that failed this would ask a card for the transaction of another one.
    When a purchase of 10.00 EUR is made
    Then the kernel ends with "TryAgain"
    Given a cardholder with a card "mchip-like-contactless" that differs in:
      """
      holder: { sequence: "02" }
      """
    And the card will stay
    When a purchase of 10.00 EUR is made
    Then the terminal did not send "80D0"
    And the kernel ends with "Approved"

  Scenario: a card that cannot tell it again
    A terminal that failed this would leave a cardholder unable to pay whose card has forgotten.
    Given a cardholder with a card "mchip-like-contactless" that differs in:
      """
      applications:
        - tornLog: 0
      """
    When a purchase of 10.00 EUR is made
    And the same card is shown again
    And a purchase of 10.00 EUR is made
    Then the terminal sent "80D0" before "80AE"
    And the terminal notes under "Torn transaction log": "not recovered"
    And the kernel ends with "Approved"
    And the cryptogram is of transaction 2 of the card

  Scenario: a card without DRDOL
    A terminal that failed this would ask for a recovery without the data by which the card finds it.
    Given the card has no data object 9F51
    When a purchase of 10.00 EUR is made
    And the same card is shown again
    And a purchase of 10.00 EUR is made
    Then the terminal did not send "80D0"
    And the kernel ends with "Approved"
    And the cryptogram is of transaction 2 of the card

  Scenario: a terminal without a torn transaction log
    A terminal that failed this would keep transactions that it is told not to keep.
    Given kernel 2 has:
      | Max Number of Torn Transaction Log Records | 0 |
    When a purchase of 10.00 EUR is made
    And the same card is shown again
    And a purchase of 10.00 EUR is made
    Then the terminal did not send "80D0"
    And the cryptogram is of transaction 2 of the card

  Scenario Outline: the card comes back after <seconds> seconds
    A terminal that failed this would recover payments that nobody waits for any more, or give up too soon.
    When a purchase of 10.00 EUR is made
    And <seconds> seconds pass at the terminal
    And the same card is shown again
    And a purchase of 10.00 EUR is made
    Then the terminal sent "80D0" <recovered> times
    And the cryptogram is of transaction <transaction> of the card

    Examples:
      | seconds | recovered | transaction |
      | 300     | 1         | 1           |
      | 301     | 0         | 2           |

  Scenario: the amount of the torn transaction stands
    A terminal that failed this would take a cryptogram over one amount for a payment of another.
    When a purchase of 60.00 EUR is made
    Then the kernel ends with "TryAgain"
    Given the cardholder enters the right PIN
    When the same card is shown again
    And a purchase of 10.00 EUR is made
    Then the terminal sent "80D0" 1 time
    And the issuer was told 9F02 "000000006000"
    And the outcome status is "ONLINE REQUEST"
