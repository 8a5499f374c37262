@terminal @contact @EMV-B3-10.11
Feature: Completion
  Whole transactions of a terminal as acquirers configure it with cards as issuers make them: what the terminal shows, and what it tells the issuer.

  Background:
    Given a terminal "contact"
    And the terminal's date is 2026-11-21
    And the terminal draws the random number 99

  Scenario Outline: a card "<card>", <amount>, <entry>
    A terminal that comes to another end than its records say cannot settle the payment.

    Given a cardholder with a card "<card>"
    And the cardholder enters <entry>
    When a purchase of <amount> is made
    Then the kernel ends with "<outcome>"
    And the kernel says "<reason>"
    And the cryptograms of the card are "<cryptograms>"
    And the TVR is "<TVR>"
    And the TSI is "<TSI>"
    And the CVM results are "<CVM>"

    Examples: a new card is told to be one
      | card               | amount    | entry         | outcome  | reason                                   | cryptograms | TVR        | TSI  | CVM    |
      | mchip-like-contact | 12.50 EUR | the right PIN | Approved | approved online                          | ARQC TC     | 0008040000 | F800 | 420300 |
      | mchip-like-contact | 12.50 EUR | a wrong PIN   | Declined | issuer declined (response code 55)       | ARQC AAC    | 0008040000 | E800 | 420300 |
      | mchip-like-contact | 12.50 EUR | no PIN        | Approved | approved online                          | ARQC TC     | 0008080000 | F800 | 5E0300 |
      | mchip-like-contact | 75.00 EUR | the right PIN | Approved | approved online                          | ARQC TC     | 0008048000 | F800 | 420300 |
      | ccd-tdes-contact   | 12.50 EUR | the right PIN | Approved | approved offline                         | TC          | 0000000000 | E800 | 410302 |
      | ccd-tdes-contact   | 12.50 EUR | a wrong PIN   | Approved | approved online                          | ARQC TC     | 0000200000 | E800 | 5E0300 |
      | ccd-tdes-contact   | 75.00 EUR | the right PIN | Approved | approved online                          | ARQC TC     | 0000008000 | E800 | 410302 |
      | offline-pin        | 12.50 EUR | the right PIN | Approved | approved offline                         | TC          | 0000000000 | E800 | 440302 |
      | no-oda             | 12.50 EUR | the right PIN | Approved | approved online                          | ARQC TC     | 8000000000 | 6800 | 410302 |
      | expired            | 12.50 EUR | the right PIN | Approved | approved online                          | ARQC TC     | 0040000000 | E800 | 410302 |
      | wrong-certificate  | 12.50 EUR | no PIN        | Approved | approved online                          | ARQC TC     | 0408080000 | F800 | 5E0300 |
      | wrong-sdad         | 12.50 EUR | no PIN        | Declined | terminal declined by its rules           | ARQC AAC    | 0408080000 | E800 | 5E0300 |
      | two-applications   | 12.50 EUR | no PIN        | Approved | approved online                          | ARQC TC     | 8000080000 | 6800 | 1F0302 |
      | slow               | 12.50 EUR | the right PIN | Approved | approved offline                         | TC          | 0000000000 | E800 | 410302 |

  Scenario Outline: the issuer <answers>
    A terminal that shows the same word for different ends lets nobody help the cardholder.

    Given a cardholder with a card "mchip-like-contact"
    And the cardholder enters no PIN
    And the issuer <answers>
    When a purchase of 12.50 EUR is made
    Then the terminal shows "<word>" because "<reason>"
    And the cryptograms of the card are "ARQC AAC"

    Examples:
      | answers            | word     | reason                         |
      | declines with "05" | Declined | issuer declined                |
      | does not know the card | Declined | card is not known to an issuer |
      | cannot be reached  | Declined | terminal declined by its rules |

  Scenario: three payments in a row
    A terminal that keeps something of one payment for the next mixes up its cardholders.

    Given a cardholder with a card "ccd-tdes-contact"
    And the cardholder enters the right PIN
    When 3 purchases of 12.50 EUR are made one after the other
    Then the terminal shows "Approved"
    And the transaction counters rose by one each time
    And the cryptograms of the card are "ARQC TC"

  @EMV-B3-10.7
  Scenario: a payment that the card's issuer does not allow
    A terminal that asks the issuer about what both sides have forbidden wastes its time, and may get a yes.

    Given a cardholder with a card "ccd-tdes-contact"
    And the card's data object 9F07 is "FE00"
    And the cardholder enters the right PIN
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Declined" because "terminal declined by its rules"
    And the cryptograms of the card are "AAC"
    And the TVR is "8010000000"
    And the issuer was not asked
