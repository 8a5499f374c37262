@card @transcripts
Feature: Cards that others have recorded
  Sessions of fixtures/vectors/apdu-transcripts.json, replayed through the bench's reader: cards that this project has not made, and terminal steps
  of openemv/emv-utils with the result that their source demands. Whole sessions with a GENERATE AC of this terminal's own data are unit tests
  (simulators/pos/contact/transcripts.test.ts), since a replayed card answers the very bytes of then.

  @EMV-B1-9.3.1
  Scenario Outline: <what>
    A terminal that failed this would not understand a card that tells its answer in pieces.
    Given a card that answers as the transcript "emvutils-ttl_pcsc-<number>"
    Then the terminal gets the data and the status word of the transcript for its first command

    Examples:
      | number | what                                                     |
      | 1      | no data either way, well                                 |
      | 2      | no data either way, refused                              |
      | 4      | data from the card, refused at once                      |
      | 5      | data from the card, refused after 6Cxx                   |
      | 7      | data to the card, refused                                |
      | 8      | data both ways, by 61xx                                  |
      | 9      | data both ways, refused at once                          |
      | 11     | data from the card, by 6Cxx and 61xx, in two pieces      |
      | 12     | data both ways, by 61xx twice                            |
      | 14     | data both ways, by 61xx and then a warning               |

  @EMV-B1-12.3.2 @EMV-B1-12.3.3
  Scenario Outline: candidate list: <what>
    A terminal that failed this would miss an application of the card, or take one that it must not.
    Given a card that answers as the transcript "emvutils-build_candidate_list-<number>"
    Then the terminal's candidate list is <list>
    And the terminal has sent nothing that the transcript has not

    Examples:
      | number | what                                        | list                                             |
      | 1      | the card is blocked                         | card_blocked                                     |
      | 2      | no PSE and the card is blocked              | card_blocked                                     |
      | 4      | a blocked PSE and no common application     | empty                                            |
      | 5      | no PSE and a blocked application            | empty                                            |
      | 6      | an application that the terminal has not    | empty                                            |
      | 8      | two applications in a record of the PSE     | A0000000032020 (1), A0000000032010 (2)           |
      | 9      | no PSE, two whole names                     | A0000000032020 (1), A0000000032010 (2)           |
      | 10     | no PSE, two names with the same beginning   | A000000004101010 (1), A000000004101020 (2)       |
      | 12     | one application that wants confirmation     | A0000000031010 (1, to be confirmed)              |

  @EMV-B1-12.4
  Scenario Outline: final selection: <what>
    A terminal that failed this would pay with an application that the card does not give it.
    Given a card that answers as the transcript "emvutils-select_application-<number>"
    Then the terminal that selects "<name>" finds it <result>
    And the terminal has sent nothing that the transcript has not

    Examples:
      | number | what                              | name             | result       |
      | 1      | the application is not found      | A000000003101001 | refused      |
      | 4      | the card is blocked               | A000000003101003 | card_blocked |
      | 6      | the card selects another          | A000000003101002 | refused      |
      | 7      | the card selects another, no more | A000000003101006 | refused      |
      | 9      | the application is selected       | A000000003101004 | selected     |

  @EMV-B3-10.1
  Scenario Outline: GET PROCESSING OPTIONS: <what>
    A terminal that failed this would go on with an application that the card has refused, or with lists that it has misread.
    Given a card that is selected with the PDOL "<pdol>" and then answers as the transcript "emvutils-initiate_application_processing-<number>"
    Then the terminal with the capabilities "60F0C8" ends with <code>, because of "<reason>"

    Examples:
      | number | what                           | pdol         | code                  | reason                  |
      | 1      | no PDOL, an answer of format 1 |              | card_malformed        | READ RECORD 2 of SFI 1  |
      | 3      | a PDOL, and 6985               | 9F3303       | no_common_application | no                      |
      | 5      | a PDOL that is cut off         | 9F3303039F1A | card_malformed        | PDOL                    |

  @EMV-B3-10.2
  Scenario Outline: reading the records: <what>
    A terminal that failed this would pay with data that are missing, doubled or garbled.
    Given a card that names its records and then answers as the transcript "emvutils-read_application_data-<number>"
    Then the terminal ends with card_malformed, because of "<reason>"

    Examples:
      | number | what                             | reason                                                |
      | 1      | an AFL that names no file        | AFL entry 1                                           |
      | 2      | a record that the card refuses   | READ RECORD 2 of SFI 1: 6985                          |
      | 4      | something after the template     | expected nothing before or after template 70          |
      | 5      | a template that is garbled       | READ RECORD 2 of SFI 1: BER-TLV                       |
      | 7      | a data object that comes twice   | once, got it twice                                    |
      | 8      | mandatory data that are missing  | is missing                                            |
      | 10     | everything is there              | GENERATE AC                                           |

  @EMV-B3-10.3
  Scenario Outline: "<transcript>": <what> that a scheme's test card once made
    A terminal that failed this would refuse good cards, or its checks would be of its own invention.
    Given a card that answers as the transcript "<transcript>"
    And the terminal says:
      | tag  | value    |
      | 9A   | <date>   |
      | 9F37 | <number> |
    When the terminal sends every command of the transcript
    Then the terminal proves <what>

    @EMV-B2-5.3
    Examples: issuer
      | transcript                  | date   | number   | what                     |
      | card-contact-mastercard     | 120316 | 00000000 | the issuer's certificate |
      | card-contactless-mastercard | 120315 | 000EEC85 | the issuer's certificate |
      | card-amex-cda               | 141031 | 327273B9 | the issuer's certificate |
      | card-emvpt                  | 160724 | 01234567 | the issuer's certificate |

    @EMV-B2-6.4
    Examples: card
      | transcript                  | date   | number   | what                     |
      | card-contact-mastercard     | 120316 | 00000000 | the card's certificate   |
      | card-contactless-mastercard | 120315 | 000EEC85 | the card's certificate   |
      | card-amex-cda               | 141031 | 327273B9 | the card's certificate   |
      | card-emvpt                  | 160724 | 01234567 | the card's certificate   |

    @EMV-B2-5.4
    Examples: static data
      | transcript                  | date   | number   | what                     |
      | card-contact-mastercard     | 120316 | 00000000 | the signed static data   |
      | card-amex-cda               | 141031 | 327273B9 | the signed static data   |

    @EMV-B2-6.5 @EMV-B2-6.6
    Examples: dynamic signatures
      | transcript                  | date   | number   | what                     |
      | card-emvpt                  | 160724 | 01234567 | the dynamic signature    |
      | card-contactless-mastercard | 120315 | 000EEC85 | the combined signature   |
      | card-amex-cda               | 141031 | 327273B9 | the combined signature   |

  @EMV-B3-6.5.5
  Scenario Outline: "<transcript>" gave <given>
    A terminal that failed this would misread what the card has decided.
    Given a card that answers as the transcript "<transcript>"
    When the terminal sends every command of the transcript
    Then the cryptogram is <given>
    And the transaction counter is <atc>
    And the card has told an account number that ends in "<end>"

    Examples:
      | transcript                  | given   | atc | end  |
      | card-contact-mastercard     | an AAC  | 65  | 0044 |
      | card-contact-upi            | a TC    | 6   | 0011 |
      | card-contact-visa           | a TC    | 41  | 0050 |
      | card-emvpt                  | a TC    | 243 | 5608 |
      | card-amex-cda               | an ARQC | 6   | 1007 |
      | card-amex-msd-mobile        | an ARQC | 35  | 0001 |
      | card-contactless-mastercard | a TC    | 53  | 0044 |

  @EMV-B3-10.2
  Scenario Outline: "<transcript>" told its account number, and the journal does not
    A bench that failed this would write somebody's account number into its report.
    Given a card that answers as the transcript "<transcript>"
    When the terminal sends every command of the transcript
    Then the card has told an account number that ends in "<end>"
    And the terminal has sent nothing that the transcript has not

    Examples:
      | transcript                      | end  |
      | devnied-FailPpseVisaAid         | 3472 |
      | devnied-MasterCardPpse          | 9999 |
      | devnied-MasterCardPpse3         | 0000 |
      | devnied-VisaCardAid             | 0000 |
      | devnied-VisaCardNullTransaction | 9999 |
      | devnied-VisaCardPpse2           | 9999 |
      | devnied-VisaCardPpseNoCplc      | 9999 |
      | devnied-VisaCardPse             | 3600 |
