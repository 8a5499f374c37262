@card @EMV-B2-9 @EMV-B3-10.10
Feature: Issuer scripts
  What an issuer changes in a card that it has at the other end of the line, and how the card knows that it is its issuer.

  @EMV-B3-6.5.1
  Scenario Outline: APPLICATION BLOCK of "<card>"
    A card that failed this would go on paying for a thief.
    Given a card "<card>" in the reader
    And the card stands after the first GENERATE AC
    Then the card answers these commands in turn:
      | command                     | answer |
      | APPLICATION BLOCK           | 9000   |
      | second GENERATE AC for a TC | 9000   |
      | SELECT the application      | 6283   |
      | GET PROCESSING OPTIONS      | 9000   |
      | GENERATE AC for a TC        | 9000   |
    And the cryptogram is an AAC
    And the issuer finds the cryptogram right

    Examples:
      | card               |
      | mchip-like-contact |
      | ccd-tdes-contact   |

  @EMV-B3-6.5.1
  Scenario: a blocked application stays blocked without power, and the other one does not care
    A card that failed this would be unblocked by pulling it out, or lose more than its issuer wanted.
    Given a card "two-applications" in the reader
    And the card stands after the first GENERATE AC
    And the terminal sends "APPLICATION BLOCK"
    When the field goes off and on
    Then the card answers these commands in turn:
      | command               | answer |
      | SELECT A0000000041010 | 6283   |
      | SELECT A0000000043060 | 9000   |

  @EMV-B3-6.5.2
  Scenario Outline: APPLICATION UNBLOCK of "<card>"
    A card that failed this would have to be thrown away after a false alarm.
    Given a card "<card>" in the reader
    And the card stands after GET PROCESSING OPTIONS
    When the terminal sends "GENERATE AC for an ARQC"
    Then the cryptogram is an AAC
    And the card answers these commands in turn:
      | command                | answer |
      | APPLICATION UNBLOCK    | 9000   |
      | SELECT the application | 9000   |
      | GET PROCESSING OPTIONS | 9000   |
      | GENERATE AC for a TC   | 9000   |
    And the cryptogram is a TC

    Examples:
      | card                |
      | blocked-application |

  @EMV-B3-6.5.3
  Scenario: CARD BLOCK is for ever, and for every application
    A card that failed this would come to life again in the hands of a thief.
    Given a card "two-applications" in the reader
    And the card stands after the first GENERATE AC
    Then the card answers these commands in turn:
      | command               | answer |
      | CARD BLOCK            | 9000   |
      | SELECT A0000000041010 | 6A81   |
      | SELECT A0000000043060 | 6A81   |
      | SELECT A000000004     | 6A81   |
      | SELECT PSE            | 6A81   |
    When the field goes off and on
    Then the card answers these commands in turn:
      | command                | answer |
      | SELECT PSE             | 6A81   |
      | SELECT A0000000041010  | 6A81   |
      | GET PROCESSING OPTIONS | 6985   |

  @EMV-B3-6.5.10
  Scenario Outline: PIN UNBLOCK of "<card>"
    A card that failed this would lock its holder out for ever.
    Given a card "<card>" in the reader
    And the card stands after GET PROCESSING OPTIONS
    Then the card answers these commands in turn:
      | command                 | answer |
      | VERIFY of a wrong PIN   | 63C2   |
      | VERIFY of a wrong PIN   | 63C1   |
      | VERIFY of a wrong PIN   | 63C0   |
      | VERIFY of the right PIN | 6983   |
      | GENERATE AC for an ARQC | 9000   |
      | PIN UNBLOCK             | 9000   |
      | VERIFY of the right PIN | 9000   |

    Examples:
      | card               |
      | mchip-like-contact |
      | ccd-tdes-contact   |

  @EMV-B3-6.5.10 @EMV-B2-9.3
  Scenario Outline: PIN CHANGE of a card with <family>
    A card that failed this would keep a PIN that its holder no longer has, or let somebody on the way read the new one.
    Given a card "mchip-like-contact" in the reader, changed so:
      """yaml
      applications:
        - generateAc: { cryptogram: <family> }
      """
    And the card stands after the first GENERATE AC
    Then the card answers these commands in turn:
      | command                       | answer    |
      | VERIFY of the new PIN         | 63C2      |
      | PIN CHANGE to the new PIN     | 9000      |
      | VERIFY of the right PIN       | 63C2      |
      | VERIFY of the new PIN         | 9000      |

    Examples:
      | family          |
      | ccd-tdes        |
      | ccd-aes         |
      | visa-cvn-10     |
      | visa-cvn-18     |
      | visa-cvn-22     |
      | mchip-cvn-16    |
      | mchip-cvn-17    |
      | mchip-cvn-20    |
      | mchip-cvn-21    |
      | interac-cvn-133 |

  @EMV-B3-6.5.10
  Scenario Outline: PIN CHANGE that proves the current PIN, with <family>: <answer>
    A card that failed this would take a command of another family, or refuse one of its own.
    Given a card "mchip-like-contact" in the reader, changed so:
      """yaml
      applications:
        - generateAc: { cryptogram: <family> }
      """
    And the card stands after the first GENERATE AC
    Then the card answers these commands in turn:
      | command                       | answer   |
      | PIN CHANGE by the current PIN | <answer> |
      | VERIFY of the new PIN         | <after>  |

    Examples:
      | family       | answer | after |
      | visa-cvn-10  | 9000   | 9000  |
      | visa-cvn-18  | 9000   | 9000  |
      | mchip-cvn-20 | 6A86   | 63C2  |
      | ccd-tdes     | 6A86   | 63C2  |

  Scenario Outline: one script after the other, with <family>
    A card that failed this would lose the rest of what its issuer has sent.
    Given a card "mchip-like-contact" in the reader, changed so:
      """yaml
      applications:
        - generateAc: { cryptogram: <family> }
      """
    And the card stands after the first GENERATE AC
    Then the card answers these commands in turn:
      | command                                | answer |
      | PUT DATA 9F14 = 07                     | 9000   |
      | UPDATE RECORD 1 of SFI 1 = 70045F340102 | 9000  |
      | PIN UNBLOCK                            | 9000   |
      | APPLICATION BLOCK                      | 9000   |
      | APPLICATION UNBLOCK                    | 9000   |
    When the terminal sends "GET DATA 9F14"
    Then the answer is "9F140107"
    When the terminal sends "READ RECORD 1 of SFI 1"
    Then the answer is "70045F340102"
    And the card answers these commands in turn:
      | command                | answer |
      | SELECT the application | 9000   |

    Examples:
      | family          |
      | ccd-tdes        |
      | ccd-aes         |
      | visa-cvn-10     |
      | visa-cvn-18     |
      | visa-cvn-22     |
      | mchip-cvn-16    |
      | mchip-cvn-17    |
      | mchip-cvn-20    |
      | mchip-cvn-21    |
      | interac-cvn-133 |

  Scenario: scripts after the second GENERATE AC
    A card that failed this would not hear an issuer who speaks when the payment is done.
    Given a card "mchip-like-contact" in the reader
    And the card stands after the second GENERATE AC
    Then the card answers these commands in turn:
      | command            | answer |
      | PUT DATA 9F23 = 09 | 9000   |
      | GET DATA 9F23      | 9000   |
    And the answer is "9F230109"

  Scenario: what a script has written stays
    A card that failed this would forget what its issuer has told it.
    Given a card "mchip-like-contact" in the reader
    And the card stands after the second GENERATE AC
    And the terminal sends "PUT DATA 9F14 = 07"
    When the field goes off and on
    And the terminal sends "SELECT the application"
    And the terminal sends "GET DATA 9F14"
    Then the answer is "9F140107"

  @EMV-B2-9.2
  Scenario Outline: <script>, <what>: <answer>
    A card that failed this would take orders from somebody who is not its issuer.
    Given a card "<card>" in the reader
    And the card stands after the first GENERATE AC
    When the terminal sends "<script>, <what>"
    Then the card answers <answer>
    And the card answers these commands in turn:
      | command                | answer |
      | SELECT the application | 9000   |

    Examples: secure messaging of format 2
      | card               | script              | what          | answer |
      | mchip-like-contact | APPLICATION BLOCK   | wrong MAC     | 6988   |
      | mchip-like-contact | APPLICATION BLOCK   | without MAC   | 6987   |
      | mchip-like-contact | CARD BLOCK          | wrong MAC     | 6988   |
      | mchip-like-contact | PIN UNBLOCK         | wrong MAC     | 6988   |
      | mchip-like-contact | PUT DATA 9F14 = 07  | wrong MAC     | 6988   |
      | mchip-like-contact | APPLICATION UNBLOCK | altered INS 1E | 6988  |
      | mchip-like-contact | PUT DATA 9F14 = 07  | altered P2 23 | 6988   |
      | mchip-like-contact | PUT DATA 9F14 = 07  | altered data  | 6988   |

    Examples: secure messaging of format 1
      | card               | script              | what           | answer |
      | ccd-tdes-contact   | APPLICATION BLOCK   | wrong MAC      | 6988   |
      | ccd-tdes-contact   | APPLICATION BLOCK   | without MAC    | 6987   |
      | ccd-tdes-contact   | APPLICATION UNBLOCK | altered INS 1E | 6988   |
      | ccd-tdes-contact   | CARD BLOCK          | wrong MAC      | 6988   |

  @EMV-B2-9.2
  Scenario: in format 1 each MAC is chained to the one before
    A card that failed this would take the same order twice, or orders in another sequence.
    Given a card "ccd-tdes-contact" in the reader
    And the card stands after the first GENERATE AC
    When the terminal sends "PIN UNBLOCK"
    Then the card answers 9000
    When the terminal sends "GET DATA 9F36"
    And the terminal repeats the command before that
    Then the card answers 6988

  @EMV-B2-9.2
  Scenario Outline: a script of another transaction, for "<card>"
    A card that failed this could be blocked again by whoever has recorded it once.
    Given a card "<card>" in the reader
    And the card stands after the first GENERATE AC
    And the terminal sends "PIN UNBLOCK"
    And the card answers 9000
    And the terminal says:
      | tag  | value    |
      | 9F37 | 89ABCDEF |
    When in a new transaction the terminal repeats that script
    Then the card answers 6988

    Examples:
      | card               |
      | mchip-like-contact |
      | ccd-tdes-contact   |

  @EMV-B3-6.3.5
  Scenario Outline: <script> <what>
    A card that failed this would do something that its issuer has not said.
    Given a card "mchip-like-contact" in the reader
    And the card stands <stage>
    When the terminal sends "<command>"
    Then the card answers <answer>

    Examples: too early
      | script              | what                        | stage                        | command             | answer |
      | APPLICATION BLOCK   | before SELECT               | before SELECT                | APPLICATION BLOCK   | 6985   |
      | APPLICATION BLOCK   | before the transaction      | after SELECT                 | APPLICATION BLOCK   | 6985   |
      | APPLICATION BLOCK   | before the first GENERATE AC | after GET PROCESSING OPTIONS | APPLICATION BLOCK  | 6985   |
      | APPLICATION UNBLOCK | before the first GENERATE AC | after GET PROCESSING OPTIONS | APPLICATION UNBLOCK | 6985  |
      | CARD BLOCK          | before the first GENERATE AC | after GET PROCESSING OPTIONS | CARD BLOCK         | 6985   |
      | PIN UNBLOCK         | before the first GENERATE AC | after GET PROCESSING OPTIONS | PIN UNBLOCK        | 6985   |
      | PUT DATA            | before the first GENERATE AC | after GET PROCESSING OPTIONS | PUT DATA 9F14 = 07 | 6985   |
      | UPDATE RECORD       | before the first GENERATE AC | after GET PROCESSING OPTIONS | UPDATE RECORD 1 of SFI 1 = 7000 | 6985 |

    Examples: class
      | script              | what                        | stage                       | command                       | answer |
      | APPLICATION BLOCK   | without secure messaging    | after the first GENERATE AC | APPLICATION BLOCK, class 80   | 6E00   |
      | APPLICATION BLOCK   | in the class of ISO         | after the first GENERATE AC | APPLICATION BLOCK, class 00   | 6E00   |
      | APPLICATION BLOCK   | in the other format         | after the first GENERATE AC | APPLICATION BLOCK, class 8C   | 6E00   |
      | APPLICATION UNBLOCK | without secure messaging    | after the first GENERATE AC | APPLICATION UNBLOCK, class 80 | 6E00   |
      | CARD BLOCK          | without secure messaging    | after the first GENERATE AC | CARD BLOCK, class 80          | 6E00   |
      | PIN UNBLOCK         | without secure messaging    | after the first GENERATE AC | PIN UNBLOCK, class 80         | 6E00   |
      | PUT DATA            | without secure messaging    | after the first GENERATE AC | PUT DATA 9F14 = 07, class 80  | 6E00   |

    Examples: parameters and data
      | script              | what                         | stage                       | command                                 | answer |
      | APPLICATION BLOCK   | with P1                      | after the first GENERATE AC | APPLICATION BLOCK, P1 01                | 6A86   |
      | APPLICATION BLOCK   | with P2                      | after the first GENERATE AC | APPLICATION BLOCK, P2 01                | 6A86   |
      | APPLICATION UNBLOCK | with P1                      | after the first GENERATE AC | APPLICATION UNBLOCK, P1 01              | 6A86   |
      | APPLICATION UNBLOCK | with P2                      | after the first GENERATE AC | APPLICATION UNBLOCK, P2 01              | 6A86   |
      | CARD BLOCK          | with P1                      | after the first GENERATE AC | CARD BLOCK, P1 01                       | 6A86   |
      | CARD BLOCK          | with P2                      | after the first GENERATE AC | CARD BLOCK, P2 01                       | 6A86   |
      | PIN UNBLOCK         | with P1                      | after the first GENERATE AC | PIN UNBLOCK, P1 01                      | 6A86   |
      | PIN UNBLOCK         | with data                    | after the first GENERATE AC | PIN UNBLOCK, data 00                    | 6700   |
      | PUT DATA            | of what is not for scripts   | after the first GENERATE AC | PUT DATA 9F36 = 0001                    | 6A88   |
      | PUT DATA            | of another length            | after the first GENERATE AC | PUT DATA 9F14 = 0707                    | 6700   |
      | UPDATE RECORD       | of one that is not there     | after the first GENERATE AC | UPDATE RECORD 9 of SFI 1 = 7000         | 6A83   |
      | UPDATE RECORD       | of a file that is not there  | after the first GENERATE AC | UPDATE RECORD 1 of SFI 9 = 7000         | 6A82   |
      | UPDATE RECORD       | of record 0                  | after the first GENERATE AC | UPDATE RECORD 1 of SFI 1 = 7000, P1 00  | 6A86   |
      | UPDATE RECORD       | by identifier                | after the first GENERATE AC | UPDATE RECORD 1 of SFI 1 = 7000, P2 08  | 6A86   |
      | UPDATE RECORD       | of nothing                   | after the first GENERATE AC | UPDATE RECORD 1 of SFI 1 = 7000, without data | 6700 |

  @EMV-B3-6.3.5
  Scenario Outline: <script> of a card without <what>
    A card that failed this would seem to do what it cannot.
    Given a card "<card>" in the reader
    And the card stands after the first GENERATE AC
    When the terminal sends "<script>"
    Then the card answers 6D00

    Examples:
      | script                    | what | card                   |
      | PIN UNBLOCK               | PIN  | mchip-like-contactless |
      | PIN CHANGE to the new PIN | PIN  | mchip-like-contactless |

  @EMV-B3-6.5.5
  Scenario: the issuer hears what became of its scripts
    A card that failed this would leave its issuer to guess whether it was heard.
    Given a card "mchip-like-contact" in the reader
    And the card stands after the first GENERATE AC
    Then the card answers these commands in turn:
      | command                      | answer |
      | PIN UNBLOCK                  | 9000   |
      | PUT DATA 9F14 = 07           | 9000   |
      | CARD BLOCK, wrong MAC        | 6988   |
      | second GENERATE AC for a TC  | 9000   |
    And the issuer finds the cryptogram right
    And the card verification results say:
      | script counter: 2 |
      | script received   |
      | script failed     |

  @EMV-B3-6.5.5
  Scenario: a failed script is told until the issuer has heard of it
    A card that failed this would hide a failure, or accuse its terminals for ever.
    Given a card "ccd-tdes-contact" in the reader
    And the card stands after the second GENERATE AC
    And the terminal sends "CARD BLOCK, wrong MAC"
    And the card answers 6988
    When the card stands after the first GENERATE AC
    Then the card verification results say:
      | issuer script processing failed |
    When the card's issuer approves
    And the terminal sends "second GENERATE AC for a TC"
    Then the card verification results say:
      | issuer script processing failed |
    Given the card stands after the first GENERATE AC
    Then the card verification results do not say "issuer script processing failed"
