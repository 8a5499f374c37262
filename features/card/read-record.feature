@card @EMV-B3-6.5.11
Feature: READ RECORD
  What a card tells of itself, record by record.

  @EMV-B3-7.1 @EMV-B3-10.2
  Scenario Outline: every record that the AFL of "<card>" names is there
    A card that failed this would end every transaction at its first missing or garbled record.
    Given a card "<card>" in the reader
    And the card stands after GET PROCESSING OPTIONS
    When the terminal reads every record
    Then every record is one template 70

    Examples:
      | card                   |
      | ccd-tdes-contact       |
      | mchip-like-contact     |
      | offline-pin            |
      | no-oda                 |
      | mchip-like-contactless |
      | ccd-aes-contactless    |
      | visa-like-contactless  |

  @EMV-B3-7.2
  Scenario Outline: "<card>" has every mandatory data object
    A card that failed this would be refused by every terminal.
    Given a card "<card>" in the reader
    When the terminal has read the card
    Then the card has told:
      | tag  | value    |
      | 5F24 | <expiry> |
      | 5A   | 8 bytes  |
      | 8C   | <cdol1>  |
      | 8D   | <cdol2>  |

    Examples:
      | card               | expiry | cdol1    | cdol2    |
      | ccd-tdes-contact   | 491231 | 9F02069F03069F1A0295055F2A029A039C019F3704 | 8A029F02069F03069F1A0295055F2A029A039C019F37049108 |
      | mchip-like-contact | 491231 | 9F02069F03069F1A0295055F2A029A039C019F37049F35019F45029F4C089F3403 | 910A8A0295059F37049F4C08 |
      | offline-pin        | 491231 | 9F02069F03069F1A0295055F2A029A039C019F3704 | 8A029F02069F03069F1A0295055F2A029A039C019F37049108 |
      | no-oda             | 491231 | 9F02069F03069F1A0295055F2A029A039C019F3704 | 8A029F02069F03069F1A0295055F2A029A039C019F37049108 |

  @EMV-B3-6.3.5
  Scenario Outline: READ RECORD <what>
    A card that failed this would send a terminal on a search for records that are not there.
    Given a card "mchip-like-contact" in the reader
    And the card stands <stage>
    When the terminal sends "<command>"
    Then the card answers <answer>

    Examples:
      | what                                 | stage                        | command                          | answer |
      | of the first record                  | after GET PROCESSING OPTIONS | READ RECORD 1 of SFI 1           | 9000   |
      | of the last record of a file         | after GET PROCESSING OPTIONS | READ RECORD 3 of SFI 3           | 9000   |
      | after the first GENERATE AC          | after the first GENERATE AC  | READ RECORD 1 of SFI 1           | 9000   |
      | after the second GENERATE AC         | after the second GENERATE AC | READ RECORD 1 of SFI 1           | 9000   |
      | beyond the last record of a file     | after GET PROCESSING OPTIONS | READ RECORD 4 of SFI 3           | 6A83   |
      | of the last number that there is     | after GET PROCESSING OPTIONS | READ RECORD 255 of SFI 1         | 6A83   |
      | of a file that is not there          | after GET PROCESSING OPTIONS | READ RECORD 1 of SFI 9           | 6A82   |
      | of the last file that there can be   | after GET PROCESSING OPTIONS | READ RECORD 1 of SFI 30          | 6A82   |
      | of record 0                          | after GET PROCESSING OPTIONS | READ RECORD 1 of SFI 1, P1 00    | 6A86   |
      | of SFI 0                             | after GET PROCESSING OPTIONS | READ RECORD 1 of SFI 1, P2 04    | 6A86   |
      | of SFI 31                            | after GET PROCESSING OPTIONS | READ RECORD 1 of SFI 1, P2 FC    | 6A86   |
      | by identifier                        | after GET PROCESSING OPTIONS | READ RECORD 1 of SFI 1, P2 08    | 6A86   |
      | of all records from one on           | after GET PROCESSING OPTIONS | READ RECORD 1 of SFI 1, P2 0D    | 6A86   |
      | with data                            | after GET PROCESSING OPTIONS | READ RECORD 1 of SFI 1, data 00  | 6700   |
      | in the class of EMV                  | after GET PROCESSING OPTIONS | READ RECORD 1 of SFI 1, class 80 | 6E00   |
      | before the transaction begins        | after SELECT                 | READ RECORD 1 of SFI 1           | 6985   |
      | before SELECT                        | before SELECT                | READ RECORD 1 of SFI 1           | 6985   |

  @EMV-B1-12.2.3
  Scenario Outline: the directory, <what>
    A card that failed this would mix the directory with the records of an application.
    Given a card "mchip-like-contact" in the reader
    Then the card answers these commands in turn:
      | command     | answer |
      | SELECT PSE  | 9000   |
      | <between>   | 9000   |
      | <command>   | <answer> |

    Examples:
      | what                           | between                | command                | answer |
      | read twice                     | READ RECORD 1 of SFI 1 | READ RECORD 1 of SFI 1 | 9000   |
      | of another file                | SELECT PSE             | READ RECORD 1 of SFI 2 | 6A82   |
      | once an application is selected | SELECT the application | READ RECORD 1 of SFI 1 | 6985   |

  @EMV-B1-9.3
  Scenario: a Le that is too small gets the right one
    A card that failed this would lose the record to a reader that asks by exact length.
    Given a card "mchip-like-contact" in the reader
    And the card stands after GET PROCESSING OPTIONS
    Then the card answers these commands in turn:
      | command                        | answer |
      | READ RECORD 2 of SFI 4, Le 01  | 6C13   |
      | READ RECORD 2 of SFI 4, Le 13  | 9000   |
    And the answer has 19 bytes
