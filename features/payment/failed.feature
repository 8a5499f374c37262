@payment
Feature: A failed tap
  Something broke, was forged or did not answer: nobody decided. The terminal says so, never approves and never hangs.

  Background:
    Given a cardholder with 50.00 EUR and a card "interledger"
    And a merchant who takes EUR

  @requires:controlled-merchant-ase
  Scenario: the merchant's wallet address is not known to Rafiki
    Given a merchant whose wallet address Rafiki does not know
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Failed" because "merchant's wallet address is not known to Rafiki"
    And no money moved

  @requires:controlled-merchant-ase
  Scenario: a terminal that is not registered
    Given a terminal that is not registered
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Failed" because "terminal is not registered"
    And no money moved

  Scenario: a terminal that signs with another key
    Given a terminal that signs with another key
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Failed" because "request signature is wrong"
    And no money moved

  Scenario: a request that is altered on its way
    Given a request that is altered after it was signed
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Failed" because "request signature is wrong"
    And no money moved

  Scenario: a request that is older than its window
    Given a terminal whose clock is 10 minutes slow
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Failed" because "request is older than its window"
    And no money moved

  Scenario Outline: a request whose payload <what>
    Given a terminal that sends the payload "<payload>"
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Failed" because "request does not have the form of the POS API"
    And no money moved

    Examples:
      | what                     | payload |
      | is not there             |         |
      | is no hexadecimal        | 77ZZ    |
      | has half a byte too much | 770     |

  @requires:controlled-merchant-ase
  Scenario Outline: somebody answers at the POS API's address <how>
    Given somebody answers at the POS API's address with <status> '<body>'
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Failed" because "POS API answered with data that breaks its contract"
    And no money moved

    Examples:
      | how                          | status | body                                                                                                      |
      | without a word               | 200    | {}                                                                                                        |
      | with a word of their own     | 200    | {"requestId":null,"outcome":"Maybe","code":null,"reason":null}                                            |
      | with an approval of nothing  | 200    | {"requestId":null,"outcome":"Approved","code":null,"reason":null}                                         |
      | with another's approval      | 200    | {"requestId":"7a1c3f7e-2f0e-4a8e-9d53-0c8c1c3e6a52","outcome":"Approved","code":null,"reason":null}       |
      | with an approval that failed | 500    | {"requestId":null,"outcome":"Approved","code":null,"reason":null}                                         |
      | with a page                  | 200    | "<html>welcome</html>"                                                                                    |

  Scenario: a request from the future
    Given a terminal whose clock is 10 minutes fast
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Failed" because "request is older than its window"
    And no money moved

  Scenario: a recorded request is sent once more
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"
    When somebody sends the recorded request once more
    Then the POS API answers 401 because "request was sent before"
    And the merchant has received 12.50 EUR
    And the account is left with 37.50 EUR

  @waits @requires:controlled-customer-ase
  Scenario: the customer ASE is silent
    Given the customer ASE is silent
    When the cardholder taps for 12.50 EUR and 31 seconds pass after the issuer was asked
    Then the terminal shows "Failed" because "issuer did not answer in time"
    And no money moved

  @waits @requires:controlled-customer-ase
  Scenario: the customer ASE answers after the payment has expired
    Given the customer ASE needs 12 seconds to decide
    When the cardholder taps for 12.50 EUR and 12 seconds pass after the issuer was asked
    Then the terminal shows "Failed"
    And no money moved

  Scenario Outline: <service> is down, and up again
    Given the <service> is down
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Failed" because "<reason>"
    Given the <service> is up again
    Then no money moved
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"
    And the merchant has received 12.50 EUR

    @requires:controlled-merchant-ase
    Examples: the merchant ASE
      | service            | reason                    |
      | merchant's POS API | POS API cannot be reached |

    @requires:rafiki-services
    Examples: Rafiki
      | service                  | reason                    |
      | merchant's point-of-sale | Rafiki cannot be reached  |
      | customer's card service  | payment was not completed |

    @requires:embedded-rafiki
    Examples: inside Rafiki
      | service                  | reason                    |
      | customer's admin API     | payment was not completed |
      | customer's Open Payments | issuer cannot be reached  |

  @requires:embedded-rafiki
  Scenario: the merchant's ILP connector is down after the issuer has funded
    Given the merchant's ILP connector is down
    When the cardholder taps for 12.50 EUR and 31 seconds pass after the issuer has funded
    Then the terminal shows "Failed" because "payment was not completed"
    When 30 seconds pass
    Then no money moved
