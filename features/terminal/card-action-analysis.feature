@terminal @contact @EMV-B3-10.8 @EMV-B3-6.5.5
Feature: Card action analysis
  The card may lower what the terminal asks for, from an approval (TC) over a question to the issuer (ARQC) to a refusal (AAC), and never raise it.

  Background:
    Given a cardholder with a card "plain-contact"
    And a terminal "contact" whose own rules never match

  Scenario Outline: the terminal asks for a <asked>, the card's limits are <limits>: <cryptograms>
    A terminal that goes by what it asked for, and not by what the card answered, approves what the card refused.

    Given a cardholder with a card "plain-contact" that differs in:
      """
      applications:
        - risk: { <limits> }
      """
    And the terminal's "type" is "<type>"
    When a purchase of 12.50 EUR is made
    Then the terminal asks for a <asked>
    And the cryptograms of the card are "<cryptograms>"
    And the kernel ends with "<outcome>"
    And the kernel says "<reason>"

    Examples:
      | asked | type | limits             | cryptograms | outcome  | reason                                |
      | TC    | 22   | floor: 2000        | TC          | Approved | approved offline                      |
      | TC    | 22   | floor: 1000        | ARQC TC     | Approved | approved online                       |
      | TC    | 22   | alwaysOnline: true | ARQC TC     | Approved | approved online                       |
      | TC    | 22   | ceiling: 1000      | AAC         | Declined | card declined (offline)               |
      | ARQC  | 21   | floor: 2000        | ARQC TC     | Approved | approved online                       |
      | ARQC  | 21   | ceiling: 1000      | AAC         | Declined | card declined (offline)               |
      | TC    | 23   | floor: 1000        | ARQC AAC    | Declined | card declined (at the second GENERATE AC) |

  Scenario: the terminal refuses, and the card is told
    A terminal that ends without GENERATE AC leaves the card believing that nothing happened.

    Given the card's data object 5F24 is "201231"
    And the terminal's "TAC denial" is "0040000000"
    When a purchase of 12.50 EUR is made
    Then the terminal sent "80AE00"
    And the cryptograms of the card are "AAC"
    And the terminal shows "Declined" because "terminal declined by its rules"

  Scenario Outline: GENERATE AC for a <asked> is answered with CID <CID>
    A terminal that lets the card raise its request approves by the card's word alone.

    Given the terminal has:
      | capabilities | E0F800       |
      | type         | <type>       |
      | TAC denial   | <TAC denial> |
    And commands that begin with "80AE" get the answer "800B <CID> 0001 1122334455667788 9000"
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Failed" because "card answered with data that breaks the specification"

    Examples: 00 AAC, 40 TC, 80 ARQC, C0 reserved
      | asked | type | TAC denial | CID |
      | AAC   | 22   | 8000000000 | 40  |
      | AAC   | 22   | 8000000000 | 80  |
      | ARQC  | 21   | 0000000000 | 40  |
      | TC    | 22   | 0000000000 | C0  |
      | ARQC  | 21   | 0000000000 | C0  |

  Scenario Outline: a refusal with CID <CID>
    A terminal that does not read the reason of a refusal cannot say it.

    Given the terminal's "capabilities" is "E0F800"
    And commands that begin with "80AE" get the answer "800B <CID> 0001 1122334455667788 9000"
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Declined" because "card declined"
    And the terminal notes under "Card action analysis": "<words>"

    Examples: Book 3, 6.5.5.4
      | CID | words                        |
      | 00  | AAC (CID 00)                 |
      | 01  | service not allowed          |
      | 02  | PIN try limit exceeded       |
      | 03  | issuer authentication failed |

  Scenario Outline: GENERATE AC is answered with <answer>
    A terminal that goes on without a whole cryptogram has nothing to show the issuer.

    Given the terminal's "capabilities" is "E0F800"
    And commands that begin with "80AE" get the answer "<answer>"
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Failed" because "card answered with data that breaks the specification"

    Examples: a status word, nothing, too short, no CID, no ATC, no cryptogram, CID of two bytes, cryptogram of four, 33 bytes of IAD in either format
      | answer |
      | 6985 |
      | 9000 |
      | 800A 40 0001 11223344556677 9000 |
      | 770F 9F36020001 9F26081122334455667788 9000 |
      | 770F 9F270140 9F26081122334455667788 9000 |
      | 7709 9F270140 9F36020001 9000 |
      | 7715 9F27024000 9F36020001 9F26081122334455667788 9000 |
      | 7710 9F270140 9F36020001 9F260411223344 9000 |
      | 7738 9F270140 9F36020001 9F26081122334455667788 9F1021000000000000000000000000000000000000000000000000000000000000000000 9000 |
      | 802C 40 0001 1122334455667788 000000000000000000000000000000000000000000000000000000000000000000 9000 |

  Scenario Outline: an answer of format <format>
    A terminal that reads one of the two formats refuses half of all cards.

    Given a cardholder with a card "plain-contact" that differs in:
      """
      applications:
        - format: <format>
      """
    And the terminal's "capabilities" is "E0F8C0"
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Approved"
    And the cryptograms of the card are "TC"
    And the TVR is "0000000000"

    Examples:
      | format |
      | 1      |
      | 2      |

  @EMV-B3-9.2
  Scenario: what the card is told before it decides
    A terminal that fills the card's list wrongly gets a cryptogram over something else.

    Given the terminal's "floor limit" is "10.00"
    When a purchase of 12.50 EUR is made
    Then GENERATE AC 1 tells the card 9F02 "000000001250"
    And GENERATE AC 1 tells the card 95 "0000008000"
    And GENERATE AC 1 tells the card 9F1A "0276"
    And GENERATE AC 1 tells the card 5F2A "0978"
    And GENERATE AC 1 tells the card 9A "261121"
    And GENERATE AC 1 tells the card 9C "00"
    And GENERATE AC 1 tells the card 9F35 "22"
    And GENERATE AC 1 tells the card 9F34 "1F0002"

  @EMV-B3-9.2.2
  Scenario Outline: a CDOL1 that asks for a TC hash, TDOL <TDOL>, default TDOL <default>
    A terminal that hashes another list than the card's makes a cryptogram that the issuer cannot check.

    Given the card's data objects are:
      | 8C | 9F02 06 9F03 06 9F1A 02 95 05 5F2A 02 9A 03 9C 01 9F37 04 98 14 |
      | 97 | <TDOL> |
    And the terminal has:
      | capabilities | E0F8C0    |
      | default TDOL | <default> |
    When a purchase of 12.50 EUR is made
    Then the TVR is "<TVR>"
    And GENERATE AC 1 tells the card 98 "<hash>"

    Examples: SHA-1 of 000000001250; of 000000001250 0978; of nothing
      | TDOL         | default | TVR        | hash |
      | 9F0206       | 9C01    | 0000000000 | 3751E016B77863E918D0C7A3D9564968392AC140 |
      | 9F0206 5F2A02 | 9C01   | 0000000000 | 8CD439972F98D85EBFBB0D417F02724720C8049B |
      | none         | 9F0206  | 0000000080 | 3751E016B77863E918D0C7A3D9564968392AC140 |
      | none         |         | 0000000080 | DA39A3EE5E6B4B0D3255BFEF95601890AFD80709 |
