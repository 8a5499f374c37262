@terminal @contactless @CL-B-3.1
Feature: Contactless pre-processing
  Before a card is there, Entry Point decides for each combination whether it may take the amount, and what the transaction needs.

  Background:
    Given a terminal "contactless"
    And a cardholder with a card "mchip-like-contactless"

  Scenario Outline: <amount> is below the Reader Contactless Transaction Limit
    A terminal that failed this would send cardholders away whose amounts may be paid.
    Given Entry Point has:
      | Reader Contactless Transaction Limit | <limit> |
    When a purchase of <amount> is made
    Then the kernel ends with "Approved"
    And the outcome status is "APPROVED"

    Examples:
      | amount    | limit |
      | 24.99 EUR | 25.00 |
      | 0.01 EUR  | 0.02  |
      | 50.00 EUR | none  |

  Scenario Outline: <amount> reaches the Reader Contactless Transaction Limit
    A terminal that failed this would take contactless payments above what the acquirer allows: the limit itself is too much.
    Given Entry Point has:
      | Reader Contactless Transaction Limit | 25.00 |
    When a purchase of <amount> is made
    Then the kernel ends with "TryAnotherInterface"
    And the Error Indication is "L2 MAX LIMIT EXCEEDED"
    And the terminal shows "Declined" because "terminal declined by its rules"
    And the terminal did not send "00A4"

    Examples:
      | amount     |
      | 25.00 EUR  |
      | 25.01 EUR  |
      | 250.00 EUR |

  Scenario: an amount too high where there is no other reader
    A terminal that failed this would point to a contact reader that it does not have.
    Given Entry Point has:
      | Reader Contactless Transaction Limit | 25.00 |
    And no contact reader stands beside it
    When a purchase of 25.00 EUR is made
    Then the kernel ends with "EndApplication"
    And the reader shows "Insert, swipe or try another card"

  Scenario Outline: an amount of zero, <what>
    A terminal that failed this would refuse account checks that it is set up for, or make ones that it is not.
    Given Entry Point has:
      | Zero Amount Allowed             | <allowed>    |
      | Terminal Transaction Qualifiers | <qualifiers> |
    When a purchase of 0.00 EUR is made
    Then the kernel ends with "<outcome>"
    And the terminal notes under "Pre-processing": "<found>"

    Examples:
      | what                               | allowed | qualifiers | outcome             | found                                                           |
      | which the configuration allows     | yes     | 20000000   | Approved            | amount is zero; Terminal Transaction Qualifiers 20800000        |
      | which the configuration disallows  | no      | 20000000   | TryAnotherInterface | zero amount is not allowed                                      |
      | on a reader that is offline only   | yes     | 28000000   | TryAnotherInterface | zero amount on an offline-only reader                           |

  Scenario Outline: qualifiers of <amount>: <why>
    A terminal that failed this would not tell kernels and cards that the transaction needs the issuer or the cardholder.
    Given Entry Point has:
      | Terminal Transaction Qualifiers | 20000000   |
      | Status Check Support            | yes        |
      | Reader Contactless Floor Limit  | <floor>    |
      | Terminal Floor Limit            | <terminal> |
      | Reader CVM Required Limit       | <cvm>      |
    When a purchase of <amount> is made
    Then the terminal notes under "Pre-processing": "Terminal Transaction Qualifiers <qualifiers>"
    And the terminal notes under "Pre-processing": "<why>"

    Examples:
      | amount    | floor | terminal | cvm   | qualifiers | why                                    |
      | 1.00 EUR  | 20.00 | none     | 30.00 | 20800000   | amount is one unit: status check       |
      | 1.01 EUR  | 20.00 | none     | 30.00 | 20000000   | nothing to note                        |
      | 20.00 EUR | 20.00 | none     | 30.00 | 20000000   | nothing to note                        |
      | 20.01 EUR | 20.00 | none     | 30.00 | 20800000   | amount exceeds the floor limit         |
      | 20.01 EUR | none  | 20.00    | 30.00 | 20800000   | amount exceeds the floor limit         |
      | 20.01 EUR | 25.00 | 20.00    | 30.00 | 20000000   | nothing to note                        |
      | 29.99 EUR | none  | none     | 30.00 | 20000000   | nothing to note                        |
      | 30.00 EUR | none  | none     | 30.00 | 20400000   | amount reaches the CVM required limit  |
      | 30.00 EUR | 20.00 | none     | 30.00 | 20C00000   | amount reaches the CVM required limit  |
