@payment
Feature: Clocks that differ
  No two machines have the same time. A little is harmless; more is refused with a reason, and never half a payment.

  Background:
    Given a cardholder with 50.00 EUR and a card "interledger"
    And a merchant who takes EUR

  Scenario Outline: a terminal whose clock is <seconds> seconds <way>
    Given a terminal whose clock is <seconds> seconds <way>
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"
    And the merchant has received 12.50 EUR
    And the account is left with 37.50 EUR

    Examples:
      | seconds | way  |
      | 50      | slow |
      | 8       | fast |

  Scenario Outline: a terminal whose clock is <seconds> seconds <way>, which is too much
    Given a terminal whose clock is <seconds> seconds <way>
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Failed" because "request is older than its window"
    And no money moved

    Examples:
      | seconds | way  |
      | 70      | slow |
      | 15      | fast |

  Scenario Outline: a transaction date <hours> hours <way>
    Given a terminal whose transaction date is <hours> hours <way>
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"
    And the account is left with 37.50 EUR

    Examples:
      | hours | way   |
      | 23    | past  |
      | 23    | ahead |

  @requires:card-decisions
  Scenario Outline: a transaction date <hours> hours <way>, which is too much
    Given a terminal whose transaction date is <hours> hours <way>
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Declined" because "transaction date is outside the window"
    And no money moved

    Examples:
      | hours | way   |
      | 25    | past  |
      | 25    | ahead |

  @requires:embedded-rafiki
  Scenario Outline: the <side>'s side is <seconds> seconds fast
    Given the clocks of the <side>'s side are <seconds> seconds fast
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"
    And the merchant has received 12.50 EUR
    And the account is left with 37.50 EUR

    Examples:
      | side     | seconds |
      | customer | 5       |
      | merchant | 5       |
      | merchant | 25      |

  @requires:embedded-rafiki
  Scenario: the customer's side is so fast that every payment has expired before it is asked for
    Given the clocks of the customer's side are 15 seconds fast
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Failed" because "payment was not completed"
    And no money moved

  @requires:embedded-rafiki
  Scenario: the merchant's side is so fast that the money's packets are too old when they come
    Given the clocks of the merchant's side are 40 seconds fast
    When the cardholder taps for 12.50 EUR and 31 seconds pass after the issuer has funded
    Then the terminal shows "Failed" because "payment was not completed"
    When 30 seconds pass
    Then no money moved

  @requires:embedded-rafiki
  Scenario: the merchant's side is so fast that a request is too old when it comes
    Given the clocks of the merchant's side are 90 seconds fast
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Failed" because "request is older than its window"
    And no money moved

  @requires:embedded-rafiki
  Scenario: an issuer whose clock is fast takes no payment for older than it is
    Given the clocks of the customer's side are 5 seconds fast
    When the cardholder begins to tap for 12.50 EUR
    And 3 seconds pass
    And the issuer decides
    And the tap ends
    Then the terminal shows "Approved"
    And the account is left with 37.50 EUR
