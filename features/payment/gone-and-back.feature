@payment @requires:controlled-merchant-ase
Feature: A service goes away in the middle of a payment, and comes back
  The terminal ends in one word. What it was told may be overtaken by money that was under way: then the money is where the status of the payment says.

  Background:
    Given a cardholder with 50.00 EUR and a card "interledger"
    And a merchant who takes EUR

  @waits @requires:controlled-customer-ase
  Scenario Outline: the <service> is not needed after the issuer was asked
    When the cardholder begins to tap for 12.50 EUR
    Given the <service> is down
    When the issuer decides
    And the tap ends
    Then the terminal shows "Approved"
    And the account is left with 37.50 EUR
    Given the <service> is up again
    When 12 seconds pass
    Then the merchant has received 12.50 EUR
    And the account is left with 37.50 EUR

    Examples: the merchant ASE
      | service                 |
      | merchant ASE's webhooks |
      | merchant ASE's database |

    @requires:embedded-rafiki
    Examples: Rafiki
      | service                  |
      | customer's Open Payments |
      | merchant's admin API     |

  @waits @requires:controlled-customer-ase
  Scenario Outline: the <service> goes away while the issuer decides: <reason>
    When the cardholder begins to tap for 12.50 EUR
    Given the <service> is down
    When the issuer would decide
    And 31 seconds pass
    And the tap ends
    Then the terminal shows "Failed" because "<reason>"
    Given the <service> is up again
    When 12 seconds pass
    And 12 seconds pass
    Then no money moved
    When the cardholder taps for 1.00 EUR
    Then the terminal shows "Approved"
    And the account is left with 49.00 EUR

    Examples: the customer ASE
      | service                 | reason                    |
      | customer ASE's database | payment was not completed |

    @requires:embedded-rafiki
    Examples: Rafiki
      | service              | reason                    |
      | customer's admin API | payment was not completed |

  @requires:embedded-rafiki
  Scenario: nobody can tell for whom the money is while the merchant's Open Payments is gone
    When the cardholder begins to tap for 12.50 EUR
    Given the merchant's Open Payments is down
    When the issuer decides
    And the tap ends
    Then the terminal shows "Failed" because "payment was not completed"
    And Rafiki was told "invalid_request"
    Given the merchant's Open Payments is up again
    Then no money moved
    When the cardholder taps for 1.00 EUR
    Then the terminal shows "Approved"

  @waits @requires:controlled-customer-ase
  Scenario Outline: the <service> goes away while the issuer decides, the money comes nevertheless
    When the cardholder begins to tap for 12.50 EUR
    Given the <service> is down
    When the tap ends
    Then the terminal shows "Failed" because "<reason>"
    When the issuer decides
    Then the account is left with 37.50 EUR
    Given the <service> is up again
    When 12 seconds pass
    Then the merchant has received 12.50 EUR
    And the account is left with 37.50 EUR

    Examples: the merchant ASE
      | service            | reason                    |
      | merchant's POS API | POS API cannot be reached |

    @requires:rafiki-services
    Examples: Rafiki
      | service                  | reason                    |
      | merchant's point-of-sale | Rafiki cannot be reached  |
      | customer's card service  | payment was not completed |

  Scenario Outline: the <service> is down before the tap, and comes back
    Given the <service> is down
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Failed" because "<reason>"
    Given the <service> is up again
    Then no money moved
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"
    And the merchant has received 12.50 EUR
    And the account is left with 37.50 EUR

    Examples: the merchant ASE
      | service                  | reason                    |
      | merchant ASE's database  | payment was not completed |

    @requires:embedded-rafiki
    Examples: Rafiki
      | service                  | reason                    |
      | merchant's admin API     | Rafiki cannot be reached  |
      | merchant's Open Payments | payment was not completed |

  @waits @requires:controlled-customer-ase
  Scenario Outline: the <service> is down for the whole tap, which goes well without it
    Given the <service> is down
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"
    And the account is left with 37.50 EUR
    Given the <service> is up again
    When 12 seconds pass
    Then the merchant has received 12.50 EUR
    And the account is left with 37.50 EUR

    Examples:
      | service                 |
      | merchant ASE's webhooks |

  @requires:embedded-rafiki
  Scenario: the customer ASE is gone when it is asked, and back too late
    Given the customer ASE is down
    When the cardholder taps for 12.50 EUR and 31 seconds pass after the first attempt to tell the issuer
    Then the terminal shows "Failed" because "issuer cannot be reached"
    Given the customer ASE is up again
    When 12 seconds pass
    Then the issuer never funded
    And no money moved

  @requires:embedded-rafiki
  Scenario: the customer ASE is gone when its payment has ended, and settles when it is back
    When the cardholder begins to tap for 12.50 EUR
    Given the customer ASE is down
    When the issuer decides
    And the tap ends
    Then the terminal shows "Approved"
    And the event "outgoing_payment.completed" waits 10 seconds
    Given the customer ASE is up again
    When 12 seconds pass
    Then the merchant has received 12.50 EUR
    And the account is left with 37.50 EUR

  @requires:embedded-rafiki
  Scenario: the issuer's database is gone when its payment has ended, and settles when it is back
    Given the merchant's ILP connector is down
    When the cardholder begins to tap for 12.50 EUR
    And the issuer decides
    Given the customer ASE's database is down
    And the merchant's ILP connector is up again
    When 40 seconds pass
    And the tap ends
    Then the terminal shows "Failed"
    Given the customer ASE's database is up again
    When 12 seconds pass
    And 22 seconds pass
    Then no money moved
