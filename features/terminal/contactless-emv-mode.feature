@terminal @contactless @CL-C2-6
Feature: Contactless EMV mode
  Kernel 2 initiates the application, reads it, restricts processing, decides with action codes, and takes the card's one cryptogram for its end.

  Background:
    Given a terminal "contactless"
    And a cardholder with a card "mchip-like-contactless"

  Scenario Outline: <amount>
    A terminal that failed this would not ask the issuer above its floor limit, or trouble it below.
    Given the cardholder enters the right PIN
    When a purchase of <amount> is made
    Then the kernel works in EMV mode
    And the terminal asks for <asked>
    And the cryptograms of the card are "<cryptogram>"
    And the TVR is "<TVR>"
    And the outcome status is "<status>"
    And the kernel ends with "Approved"

    Examples:
      | amount     | asked   | cryptogram   | TVR        | status         |
      | 0.01 EUR   | a TC    | TC           | 0000000002 | APPROVED       |
      | 50.00 EUR  | a TC    | TC           | 0000000002 | APPROVED       |
      | 50.01 EUR  | an ARQC | ARQC         | 0000048002 | ONLINE REQUEST |
      | 300.00 EUR | an ARQC | ARQC         | 0000048002 | ONLINE REQUEST |

  Scenario Outline: a card <what>
    A terminal that failed this would make a cryptogram of a card that cannot be a payment card, or crash on it.
    Given <change>
    When a purchase of 10.00 EUR is made
    Then the kernel ends with "EndApplication"
    And the Error Indication is "<error>"
    And the reader shows "Insert, swipe or try another card"
    And the terminal did not send "80AE"

    Examples:
      | what                                | change                                                                                        | error                |
      | without account number              | the card has no data object 5A                                                                | L2 CARD DATA MISSING |
      | without expiry date                 | the card has no data object 5F24                                                              | L2 CARD DATA MISSING |
      | without CDOL1                       | commands that begin with "00B2011400" get the answer "700A 5A021234 5F2403491231 9000"              | L2 CARD DATA MISSING |
      | with half a CVM list                | the card's data object 8E is "00000000 00000000 42"                                           | L2 PARSING ERROR     |
      | with a data object twice            | commands that begin with "00B2011C00" get the answer "7006 5F2403491231 9000"                 | L2 PARSING ERROR     |
      | whose record is no template         | commands that begin with "00B2011400" get the answer "5A0101 9000"                            | L2 PARSING ERROR     |
      | whose record is cut off             | commands that begin with "00B2011400" get the answer "7012 5A0854 9000"                       | L2 PARSING ERROR     |
      | whose record is not there           | commands that begin with "00B2011400" get the answer "6A83"                                   | L2 STATUS BYTES 6A83 |
      | without AIP                         | commands that begin with "80A8" get the answer "7706 940408010100 9000"                       | L2 CARD DATA MISSING |
      | without AFL                         | commands that begin with "80A8" get the answer "7704 82021981 9000"                           | L2 CARD DATA MISSING |
      | whose AFL is no AFL                 | commands that begin with "80A8" get the answer "7709 82021981 9403080101 9000"                | L2 PARSING ERROR     |
      | whose GPO answer is no template     | commands that begin with "80A8" get the answer "82021981 9000"                                | L2 PARSING ERROR     |

  Scenario: processing options without tags
    A terminal that failed this would refuse cards that answer in format 1.
    Given commands that begin with "80A8" get the answer "8012 1980 10010101 18010200 20010200 08010100 9000"
    When a purchase of 10.00 EUR is made
    Then the terminal sent "00B2011400"
    And the Error Indication is "L2 CAM FAILED"
    And the terminal asks for a TC

  @CL-C2-7
  Scenario Outline: a card that <what>
    A terminal that failed this would take cards offline for what they are not meant for, or refuse cards that may be used.
    Given <change>
    When a purchase of 10.00 EUR is made
    Then the TVR is "<TVR>"
    And the terminal asks for <asked>

    Examples:
      | what                                    | change                                            | TVR        | asked   |
      | is for cash alone                       | the card's data object 9F07 is "C000"             | 0010000002 | an ARQC |
      | is of another application version       | the card's data object 9F08 is "0003"             | 0080000002 | a TC    |

  @CL-C2-7
  Scenario Outline: a card that <what>, on 2026-11-21
    A terminal that failed this would take a card offline before or after its time: the days themselves belong to it.
    Given a cardholder with a card "mchip-like-contactless" that differs in:
      """
      holder: { <date> }
      """
    When a purchase of 10.00 EUR is made
    Then the TVR is "<TVR>"
    And the terminal asks for <asked>

    Examples:
      | what                       | date                | TVR        | asked   |
      | expires that day           | expiry: "261121"    | 0000000002 | a TC    |
      | expired the day before     | expiry: "261120"    | 0040000002 | an ARQC |
      | is effective from that day | effective: "261121" | 0000000002 | a TC    |
      | is effective the day after | effective: "261122" | 0020000002 | an ARQC |

  @CL-C2-7 @EMV-B3-10.7
  Scenario Outline: action codes: <what>
    A terminal that failed this would decide otherwise than issuer and acquirer have laid down.
    Given the card's data objects are:
      | 9F08 | 0003      |
      | 9F0E | <denial>  |
      | 9F0F | <online>  |
      | 9F0D | <default> |
    And kernel 2 has:
      | Terminal Action Code - Denial  | <TAC denial>  |
      | Terminal Action Code - Online  | <TAC online>  |
      | Terminal Action Code - Default | <TAC default> |
    And the terminal's "type" is "<type>"
    When a purchase of 10.00 EUR is made
    Then the TVR is "0080000002"
    And the terminal asks for <asked>
    And the outcome status is "<status>"

    Examples:
      | what                                       | type | denial     | online     | default    | TAC denial | TAC online | TAC default | asked   | status         |
      | none matches                               | 22   | 0000000000 | 0000000000 | 0000000000 | 0000000000 | 0000000000 | 0000000000  | a TC    | APPROVED       |
      | the issuer denies                          | 22   | 0080000000 | 0000000000 | 0000000000 | 0000000000 | 0000000000 | 0000000000  | an AAC  | DECLINED       |
      | the acquirer denies                        | 22   | 0000000000 | 0000000000 | 0000000000 | 0080000000 | 0000000000 | 0000000000  | an AAC  | DECLINED       |
      | denial comes before online                 | 22   | 0080000000 | 0080000000 | 0000000000 | 0000000000 | 0000000000 | 0000000000  | an AAC  | DECLINED       |
      | the issuer wants to be asked               | 22   | 0000000000 | 0080000000 | 0000000000 | 0000000000 | 0000000000 | 0000000000  | an ARQC | ONLINE REQUEST |
      | the acquirer wants the issuer asked        | 22   | 0000000000 | 0000000000 | 0000000000 | 0000000000 | 0080000000 | 0000000000  | an ARQC | ONLINE REQUEST |
      | an online-only terminal asks always        | 21   | 0000000000 | 0000000000 | 0000000000 | 0000000000 | 0000000000 | 0000000000  | an ARQC | ONLINE REQUEST |
      | an offline-only terminal denies by default | 23   | 0000000000 | 0080000000 | 0080000000 | 0000000000 | 0000000000 | 0000000000  | an AAC  | DECLINED       |
      | an offline-only terminal never asks        | 23   | 0000000000 | 0080000000 | 0000000000 | 0000000000 | 0080000000 | 0000000000  | a TC    | APPROVED       |

  Scenario Outline: the card <what>
    A terminal that failed this would overrule the card's own risk management.
    Given a cardholder with a card "mchip-like-contactless" that differs in:
      """
      applications:
        - risk: { <risk> }
      """
    When a purchase of 10.00 EUR is made
    Then the terminal asks for a TC
    And the cryptograms of the card are "<cryptogram>"
    And the outcome status is "<status>"

    Examples:
      | what               | risk               | cryptogram | status         |
      | wants its issuer   | alwaysOnline: true | ARQC       | ONLINE REQUEST |
      | declines           | ceiling: 999       | AAC        | DECLINED       |

  Scenario Outline: GENERATE AC is answered <what>
    A terminal that failed this would take an answer for a cryptogram that is none, or more than it asked for.
    Given commands that begin with "80AE" get the answer "<answer>"
    And the card's data object 82 is "1881"
    When a purchase of <amount> is made
    Then the kernel ends with "EndApplication"
    And the Error Indication is "<error>"

    Examples:
      | what                                  | amount    | answer                                                                  | error                |
      | with a TC for an ARQC                 | 60.00 EUR | 7714 9F270140 9F36020001 9F26080102030405060708 9000                    | L2 CARD DATA ERROR   |
      | with the reserved type                | 60.00 EUR | 7714 9F2701C0 9F36020001 9F26080102030405060708 9000                    | L2 CARD DATA ERROR   |
      | without transaction counter           | 60.00 EUR | 770F 9F270180 9F26080102030405060708 9000                               | L2 CARD DATA MISSING |
      | without cryptogram                    | 60.00 EUR | 7709 9F270180 9F36020001 9000                                           | L2 CARD DATA MISSING |
      | by a refusal                          | 60.00 EUR | 6985                                                                    | L2 STATUS BYTES 6985 |
      | with nothing                          | 60.00 EUR | 9000                                                                    | L2 PARSING ERROR     |
