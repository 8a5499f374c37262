@terminal @contactless @CL-C2-6
Feature: Limits of the contactless kernel
  Kernel 2 has limits of its own beside Entry Point's: an amount above them is not for it.

  Background:
    Given a terminal "contactless"
    And a cardholder with a card "mchip-like-contactless"
    And the cardholder enters the right PIN
    And kernel 2 has:
      | Reader Contactless Transaction Limit (No On-device CVM) | 100.00 |
      | Reader Contactless Transaction Limit (On-device CVM)    | 200.00 |
      | Reader Contactless Floor Limit                          | 20.00  |

  Scenario Outline: <amount>, cardholder verification <where>
    A terminal that failed this would take contactless payments above its limit, or treat phones as it treats cards.
    Given the card's data object 82 is "<AIP>"
    When a purchase of <amount> is made
    Then the Error Indication is "<error>"
    And the kernel ends with "<outcome>"

    Examples:
      | amount     | where         | AIP  | error                 | outcome        |
      | 100.00 EUR | elsewhere     | 1981 | no error              | Approved       |
      | 100.01 EUR | elsewhere     | 1981 | L2 MAX LIMIT EXCEEDED | EndApplication |
      | 100.01 EUR | on the device | 1B81 | no error              | Approved       |
      | 200.00 EUR | on the device | 1B81 | no error              | Approved       |
      | 200.01 EUR | on the device | 1B81 | L2 MAX LIMIT EXCEEDED | EndApplication |

  Scenario: an amount above the limit
    A terminal that failed this would have the card count a payment that cannot be.
    When a purchase of 100.01 EUR is made
    Then the terminal notes under "Outcome": "SELECT NEXT, start C"
    And the terminal did not send "80AE"
    And the terminal shows "Declined" because "terminal declined by its rules"

  Scenario Outline: the floor limit, <amount>
    A terminal that failed this would take risks that the acquirer does not carry.
    When a purchase of <amount> is made
    Then the TVR is "<TVR>"
    And the terminal asks for <asked>

    Examples:
      | amount    | TVR        | asked   |
      | 20.00 EUR | 0000000002 | a TC    |
      | 20.01 EUR | 0000008002 | an ARQC |
