@card @EMV-B3-6.5.5
Feature: GENERATE AC
  What a card decides about a transaction, and the cryptograms by which its issuer knows of it.

  @EMV-B3-9.3 @EMV-B3-10.8
  Scenario Outline: asked for <asked>, <amount> (minor units): <given>
    A card that failed this would approve what its issuer wants to decide, or ask for what its terminal has declined.
    Given a card "mchip-like-contact" in the reader
    And the terminal has read the card
    And the terminal says:
      | tag  | value    |
      | 9F02 | <amount> |
    When the terminal sends "GENERATE AC for <asked>"
    Then the card answers 9000
    And the cryptogram is <given>
    And the transaction counter is 1
    And the issuer finds the cryptogram right

    Examples:
      | asked   | amount       | given   |
      | a TC    | 000000001250 | a TC    |
      | an ARQC | 000000001250 | an ARQC |
      | an AAC  | 000000001250 | an AAC  |
      | a TC    | 000000010000 | a TC    |
      | a TC    | 000000010001 | an ARQC |
      | a TC    | 000001000000 | an ARQC |
      | a TC    | 000001000001 | an AAC  |
      | an ARQC | 000001000001 | an AAC  |
      | an AAC  | 000001000001 | an AAC  |

  @EMV-B3-10.8
  Scenario Outline: after <before> transactions without its issuer, "<card>" gives <given>
    A card that failed this would go on for ever without its issuer, who may have closed the account.
    Given a card "<card>" in the reader
    When <before> transactions end with a TC
    And the card stands after GET PROCESSING OPTIONS
    And the terminal sends "GENERATE AC for a TC"
    Then the cryptogram is <given>

    Examples:
      | card               | before | given   |
      | mchip-like-contact | 2      | a TC    |
      | mchip-like-contact | 3      | an ARQC |
      | ccd-tdes-contact   | 1      | a TC    |
      | ccd-tdes-contact   | 2      | an ARQC |

  @EMV-B3-10.8
  Scenario: the issuer hears why the card asks
    A card that failed this would leave its issuer to guess.
    Given a card "mchip-like-contact" in the reader
    When 3 transactions end with a TC
    And the card stands after the first GENERATE AC
    Then the card verification results say:
      | lower consecutive offline limit exceeded |
    And the card verification results do not say "upper consecutive offline limit exceeded"

  @EMV-B3-10.8
  Scenario: once its issuer has answered, a card counts anew
    A card that failed this would ask for its issuer each time, for ever after.
    Given a card "mchip-like-contact" in the reader
    When 3 transactions end with a TC
    And the card stands after the first GENERATE AC
    And the card's issuer approves
    And the terminal sends "second GENERATE AC for a TC"
    Then the cryptogram is a TC
    When 3 transactions end with a TC
    And the card stands after GET PROCESSING OPTIONS
    And the terminal sends "GENERATE AC for a TC"
    Then the cryptogram is an ARQC

  @EMV-B3-10.8
  Scenario: a card that always wants its issuer
    A card that failed this would approve what only its issuer may.
    Given a card "no-oda" in the reader
    And the card stands after GET PROCESSING OPTIONS
    When the terminal sends "GENERATE AC for a TC"
    Then the cryptogram is an ARQC

  @EMV-B3-10.8
  Scenario: a blocked application declines whatever it is asked for
    A card that failed this would pay after its issuer has blocked it.
    Given a card "blocked-application" in the reader
    And the card stands after GET PROCESSING OPTIONS
    When the terminal sends "GENERATE AC for a TC"
    Then the cryptogram is an AAC
    And the issuer finds the cryptogram right

  @EMV-B3-10.8
  Scenario: a transaction that did not end is told in the next one
    A card that failed this would hide that its terminal never heard, or never passed on, what the issuer decided.
    Given a card "mchip-like-contact" in the reader
    And the card stands after the first GENERATE AC
    And the card verification results do not say "last online transaction not completed"
    When the field goes off and on
    And the card stands after GET PROCESSING OPTIONS
    And the terminal sends "GENERATE AC for a TC"
    Then the cryptogram is an ARQC
    And the card verification results say:
      | last online transaction not completed |

  @EMV-B3-10.11
  Scenario Outline: a transaction of "<card>" that does end is not told as one that did not
    A card that failed this would raise its issuer's suspicion at every transaction.
    Given a card "<card>" in the reader
    And the card stands after the first GENERATE AC
    When the card's issuer approves
    And the terminal sends "second GENERATE AC for a TC"
    Then the cryptogram is a TC
    And the card verification results do not say "last online transaction not completed"
    Given the card stands after GET PROCESSING OPTIONS
    When the terminal sends "GENERATE AC for a TC"
    Then the cryptogram is a TC
    And the card verification results do not say "last online transaction not completed"

    Examples:
      | card               |
      | mchip-like-contact |
      | ccd-tdes-contact   |

  @EMV-B3-6.5.5.4
  Scenario Outline: "<card>" answers in format <format>
    A card that failed this would have its cryptogram read from the wrong bytes.
    Given a card "<card>" in the reader
    And the card stands after GET PROCESSING OPTIONS
    When the terminal sends "GENERATE AC for an ARQC"
    Then the answer is built as "<structure>"
    And the issuer application data are of <bytes> bytes and begin with "<start>"
    And the issuer finds the cryptogram right

    Examples:
      | card                   | format | structure               | bytes | start  |
      | ccd-tdes-contact       | 1      | 80                      | 32    | 0FA501 |
      | ccd-aes-contactless    | 2      | 77(9F27 9F36 9F26 9F10) | 32    | 0FA601 |
      | mchip-like-contact     | 2      | 77(9F27 9F36 9F26 9F10) | 18    | 0114   |
      | mchip-like-contactless | 2      | 77(9F27 9F36 9F26 9F10) | 18    | 0115   |
      | visa-like-contactless  | 2      | 77(9F27 9F36 9F26 9F10) | 7     | 060112 |
      | two-applications       | 2      | 77(9F27 9F36 9F26 9F10) | 18    | 0114   |

  @EMV-B2-8.1.1
  Scenario Outline: the cryptogram covers <what>
    A card that failed this would let anybody on the way change what was agreed.
    Given a card "mchip-like-contact" in the reader
    And the card stands after the first GENERATE AC
    Then the issuer finds the cryptogram right
    And the issuer would find it wrong with:
      | tag   | value   |
      | <tag> | <value> |

    Examples:
      | what                 | tag  | value        |
      | the amount           | 9F02 | 000000001251 |
      | the other amount     | 9F03 | 000000000001 |
      | the country          | 9F1A | 0250         |
      | the TVR              | 95   | 0000000000   |
      | the currency         | 5F2A | 0840         |
      | the date             | 9A   | 261122       |
      | the transaction type | 9C   | 01           |
      | the terminal's number | 9F37 | 01234566    |

  @EMV-B3-9.3 @EMV-B3-10.11
  Scenario Outline: second GENERATE AC, the issuer <issuer>, the terminal asks for <asked>: <given>
    A card that failed this would approve against its issuer, or decline what its issuer has approved.
    Given a card "<card>" in the reader
    And the terminal has read the card
    And the terminal sends "GENERATE AC for an ARQC"
    When <event>
    And the terminal sends "second GENERATE AC for <asked>"
    Then the card answers 9000
    And the cryptogram is <given>
    And the issuer finds the cryptogram right

    Examples: issuer authentication is optional
      | card               | issuer                        | event                                 | asked  | given  |
      | mchip-like-contact | approves                      | the card's issuer approves            | a TC   | a TC   |
      | mchip-like-contact | approves                      | the card's issuer approves            | an AAC | an AAC |
      | mchip-like-contact | declines                      | the card's issuer declines            | an AAC | an AAC |
      | mchip-like-contact | is somebody else              | somebody else answers for the issuer  | a TC   | an AAC |
      | mchip-like-contact | cannot be reached             | the terminal cannot reach the issuer  | a TC   | an AAC |
      | mchip-like-contact | answers without proof         | the issuer answers without proof      | a TC   | a TC   |

    Examples: issuer authentication is mandatory
      | card               | issuer                        | event                                 | asked  | given  |
      | ccd-tdes-contact   | approves                      | the card's issuer approves            | a TC   | a TC   |
      | ccd-tdes-contact   | approves                      | the card's issuer approves            | an AAC | an AAC |
      | ccd-tdes-contact   | declines                      | the card's issuer declines            | a TC   | an AAC |
      | ccd-tdes-contact   | is somebody else              | somebody else answers for the issuer  | a TC   | an AAC |
      | ccd-tdes-contact   | cannot be reached             | the terminal cannot reach the issuer  | a TC   | an AAC |
      | ccd-tdes-contact   | answers without proof         | the issuer answers without proof      | a TC   | an AAC |

  @EMV-B3-10.11
  Scenario Outline: a terminal that cannot go online, when the card <limit>: <given>
    A card that failed this would be of no use where there is no network, or go on for ever where there is none.
    Given a card "mchip-like-contact" in the reader, changed so:
      """yaml
      applications:
        - risk: { unableOnline: approve, lower: 1, upper: 2 }
      """
    When <before> transactions end with a TC
    And the card stands after GET PROCESSING OPTIONS
    And the terminal sends "GENERATE AC for an ARQC"
    And the terminal cannot reach the issuer
    And the terminal sends "second GENERATE AC for a TC"
    Then the cryptogram is <given>
    And the card verification results say:
      | unable to go online |

    Examples:
      | limit                      | before | given  |
      | has reached no limit       | 0      | a TC   |
      | has reached its lower limit | 1     | a TC   |

  @EMV-B3-6.3.5
  Scenario Outline: GENERATE AC <what>
    A card that failed this would make a cryptogram that nobody has asked for.
    Given a card "mchip-like-contact" in the reader
    And the card stands <stage>
    When the terminal sends "<command>"
    Then the card answers <answer>
    And the answer has no data

    Examples: the first
      | what                                | stage                        | command                                | answer |
      | before SELECT                       | before SELECT                | GENERATE AC for an ARQC                | 6985   |
      | before the transaction begins       | after SELECT                 | GENERATE AC for an ARQC                | 6985   |
      | of a type that EMV has not          | after GET PROCESSING OPTIONS | GENERATE AC for an ARQC, P1 C0         | 6A86   |
      | with a bit of P1 that is reserved   | after GET PROCESSING OPTIONS | GENERATE AC for an ARQC, P1 88         | 6A86   |
      | with P2                             | after GET PROCESSING OPTIONS | GENERATE AC for an ARQC, P2 01         | 6A86   |
      | with data that are a byte short     | after GET PROCESSING OPTIONS | GENERATE AC for an ARQC, a byte short  | 6700   |
      | with data that are a byte long      | after GET PROCESSING OPTIONS | GENERATE AC for an ARQC, a byte long   | 6700   |
      | without data                        | after GET PROCESSING OPTIONS | GENERATE AC for an ARQC, without data  | 6700   |
      | with the data of the other list     | after GET PROCESSING OPTIONS | second GENERATE AC for a TC            | 6700   |
      | in the class of ISO                 | after GET PROCESSING OPTIONS | GENERATE AC for an ARQC, class 00      | 6E00   |
      | with secure messaging               | after GET PROCESSING OPTIONS | GENERATE AC for an ARQC, class 84      | 6E00   |
      | for less than there is to say       | after GET PROCESSING OPTIONS | GENERATE AC for an ARQC, Le 10         | 6C2B   |

    Examples: the second
      | what                                | stage                        | command                                | answer |
      | for another ARQC                    | after the first GENERATE AC  | second GENERATE AC for an ARQC         | 6A86   |
      | with the data of the first          | after the first GENERATE AC  | GENERATE AC for a TC                   | 6700   |
      | with P2                             | after the first GENERATE AC  | second GENERATE AC for a TC, P2 01     | 6A86   |
      | a third time                        | after the second GENERATE AC | second GENERATE AC for a TC            | 6985   |

  @EMV-B3-9.3
  Scenario Outline: no second cryptogram after <first>
    A card that failed this would make two cryptograms of a transaction that is decided.
    Given a card "mchip-like-contact" in the reader
    And the card stands after GET PROCESSING OPTIONS
    When the terminal sends "GENERATE AC for <first>"
    Then the card answers 9000
    When the terminal sends "second GENERATE AC for a TC"
    Then the card answers 6985

    Examples:
      | first  |
      | a TC   |
      | an AAC |

  @EMV-B1-9.3
  Scenario: a command with a wrong Le has not happened
    A card that failed this would have spent its cryptogram before the terminal has it.
    Given a card "mchip-like-contact" in the reader
    And the card stands after GET PROCESSING OPTIONS
    Then the card answers these commands in turn:
      | command                        | answer |
      | GENERATE AC for an ARQC, Le 10 | 6C2B   |
      | GENERATE AC for an ARQC, Le 2B | 9000   |
    And the issuer finds the cryptogram right
    And the card answers these commands in turn:
      | command                            | answer |
      | second GENERATE AC for a TC, Le 10 | 6C2B   |
      | second GENERATE AC for a TC, Le 2B | 9000   |
    And the transaction counter is 1
