@card @CL-C2-5
Feature: Commands of contactless cards
  Relay resistance, torn transactions, mag-stripe mode and balance, as kernel 2 asks for them.

  Scenario: EXCHANGE RELAY RESISTANCE DATA
    A card that failed this could be far away, with somebody's radio link in between.
    Given a card "mchip-like-contactless" in the reader
    And the card stands after GET PROCESSING OPTIONS
    When the terminal sends "EXCHANGE RELAY RESISTANCE DATA"
    Then the card answers 9000
    And the answer is "800A xxxxxxxx 000A 0032 001E"
    And the same command again is answered with something else

  @EMV-B2-6.6
  Scenario: the relay resistance data are signed with the cryptogram
    A card that failed this would let somebody answer the exchange for it.
    Given a card "mchip-like-contactless" in the reader
    And the terminal has read the card
    When the terminal sends "EXCHANGE RELAY RESISTANCE DATA"
    And the terminal sends "GENERATE AC for an ARQC with CDA"
    Then the terminal proves the combined signature
    And the signature holds the relay resistance data of the last exchange
    And the issuer finds the cryptogram right

  Scenario: of several exchanges the last one is signed
    A card that failed this would be refused by a terminal that had to ask again.
    Given a card "mchip-like-contactless" in the reader
    And the terminal has read the card
    Then the card answers these commands in turn:
      | command                          | answer |
      | EXCHANGE RELAY RESISTANCE DATA   | 9000   |
      | EXCHANGE RELAY RESISTANCE DATA   | 9000   |
      | EXCHANGE RELAY RESISTANCE DATA   | 9000   |
      | GENERATE AC for a TC with CDA    | 9000   |
    And the signature holds the relay resistance data of the last exchange

  Scenario Outline: EXCHANGE RELAY RESISTANCE DATA <what>
    A card that failed this would give its entropy to somebody who is not in a transaction.
    Given a card "<card>" in the reader
    And the card stands <stage>
    When the terminal sends "<command>"
    Then the card answers <answer>

    Examples:
      | what                          | card                   | stage                        | command                                       | answer |
      | before SELECT                 | mchip-like-contactless | before SELECT                | EXCHANGE RELAY RESISTANCE DATA                | 6985   |
      | before the transaction begins | mchip-like-contactless | after SELECT                 | EXCHANGE RELAY RESISTANCE DATA                | 6985   |
      | after the first GENERATE AC   | mchip-like-contactless | after the first GENERATE AC  | EXCHANGE RELAY RESISTANCE DATA                | 6985   |
      | with 3 bytes                  | mchip-like-contactless | after GET PROCESSING OPTIONS | EXCHANGE RELAY RESISTANCE DATA, a byte short  | 6700   |
      | with 5 bytes                  | mchip-like-contactless | after GET PROCESSING OPTIONS | EXCHANGE RELAY RESISTANCE DATA, a byte long   | 6700   |
      | without data                  | mchip-like-contactless | after GET PROCESSING OPTIONS | EXCHANGE RELAY RESISTANCE DATA, without data  | 6700   |
      | with P1                       | mchip-like-contactless | after GET PROCESSING OPTIONS | EXCHANGE RELAY RESISTANCE DATA, P1 01         | 6A86   |
      | with P2                       | mchip-like-contactless | after GET PROCESSING OPTIONS | EXCHANGE RELAY RESISTANCE DATA, P2 01         | 6A86   |
      | in the class of ISO           | mchip-like-contactless | after GET PROCESSING OPTIONS | EXCHANGE RELAY RESISTANCE DATA, class 00      | 6E00   |
      | of a card whose AIP has it not | ccd-aes-contactless   | after GET PROCESSING OPTIONS | EXCHANGE RELAY RESISTANCE DATA                | 6D00   |

  Scenario Outline: RECOVER AC tells a torn answer again, <signed>
    A card that failed this would count a payment that its terminal never saw, and pay twice.
    Given a card "mchip-like-contactless" in the reader
    And the card stands after GET PROCESSING OPTIONS
    And the terminal sends "<command>"
    When the field goes off and on
    And the card stands after GET PROCESSING OPTIONS
    And the terminal sends "RECOVER AC"
    Then the card answers 9000
    And the answer is that of the last GENERATE AC
    And the answer has:
      | tag  | value |
      | 9F36 | 0001  |

    Examples:
      | signed        | command                          |
      | signed        | GENERATE AC for a TC with CDA    |
      | not signed    | GENERATE AC for an ARQC          |

  Scenario: a recovered transaction is over
    A card that failed this would make a second cryptogram in place of the one that was recovered.
    Given a card "mchip-like-contactless" in the reader
    And the card stands after the first GENERATE AC
    When the field goes off and on
    And the card stands after GET PROCESSING OPTIONS
    Then the card answers these commands in turn:
      | command                 | answer |
      | RECOVER AC              | 9000   |
      | GENERATE AC for an ARQC | 6985   |

  Scenario: a transaction that is not torn goes on after RECOVER AC
    A card that failed this would refuse a payment for a question about another.
    Given a card "mchip-like-contactless" in the reader
    And the card stands after GET PROCESSING OPTIONS
    Then the card answers these commands in turn:
      | command                 | answer |
      | RECOVER AC              | 6985   |
      | GENERATE AC for an ARQC | 9000   |
    And the issuer finds the cryptogram right

  Scenario: the card keeps two torn transactions, not three
    A card that failed this would forget sooner than its profile says, or tell one transaction for the other.
    Given a card "mchip-like-contactless" in the reader
    When transactions with these numbers of the terminal's are torn:
      | 00000001 |
      | 00000002 |
      | 00000003 |
    Then in a new transaction the card answers:
      | number   | command    | answer |
      | 00000001 | RECOVER AC | 6985   |
      | 00000002 | RECOVER AC | 9000   |
      | 00000003 | RECOVER AC | 9000   |

  Scenario Outline: RECOVER AC <what>
    A card that failed this would give a cryptogram to somebody who cannot have lost one.
    Given a card "<card>" in the reader
    And the card stands <stage>
    When the terminal sends "<command>"
    Then the card answers <answer>

    Examples:
      | what                           | card                   | stage                        | command                            | answer |
      | before SELECT                  | mchip-like-contactless | before SELECT                | RECOVER AC                         | 6985   |
      | before the transaction begins  | mchip-like-contactless | after SELECT                 | RECOVER AC                         | 6985   |
      | after the first GENERATE AC    | mchip-like-contactless | after the first GENERATE AC  | RECOVER AC                         | 6985   |
      | with data that are a byte short | mchip-like-contactless | after GET PROCESSING OPTIONS | RECOVER AC, a byte short          | 6700   |
      | with data that are a byte long | mchip-like-contactless | after GET PROCESSING OPTIONS | RECOVER AC, a byte long            | 6700   |
      | without data                   | mchip-like-contactless | after GET PROCESSING OPTIONS | RECOVER AC, without data           | 6700   |
      | with P1                        | mchip-like-contactless | after GET PROCESSING OPTIONS | RECOVER AC, P1 01                  | 6A86   |
      | with P2                        | mchip-like-contactless | after GET PROCESSING OPTIONS | RECOVER AC, P2 01                  | 6A86   |
      | in the class of ISO            | mchip-like-contactless | after GET PROCESSING OPTIONS | RECOVER AC, class 00               | 6E00   |
      | of a card that keeps nothing   | ccd-aes-contactless    | after GET PROCESSING OPTIONS | RECOVER AC, data 01234567          | 6D00   |

  Scenario: COMPUTE CRYPTOGRAPHIC CHECKSUM
    A card that failed this would be declined by its issuer at every terminal of mag-stripe mode.
    Given a card "mchip-like-contactless" in the reader
    And the terminal has read the card
    When the terminal sends "COMPUTE CRYPTOGRAPHIC CHECKSUM"
    Then the card answers 9000
    And the answer is built as "77(9F61 9F60 9F36)"
    And the answer has:
      | tag  | value   |
      | 9F60 | 2 bytes |
      | 9F61 | 2 bytes |
      | 9F36 | 0001    |
    And the issuer finds the CVC3 of both tracks right

  Scenario: the checksum of the next transaction is another
    A card that failed this would give codes that can be kept for later.
    Given a card "mchip-like-contactless" in the reader
    And the card stands after GET PROCESSING OPTIONS
    When the terminal sends "COMPUTE CRYPTOGRAPHIC CHECKSUM"
    Then in a new transaction the same command is answered with something else

  Scenario: a transaction of mag-stripe mode is none of EMV mode
    A card that failed this would give two proofs of one payment.
    Given a card "mchip-like-contactless" in the reader
    And the card stands after GET PROCESSING OPTIONS
    Then the card answers these commands in turn:
      | command                        | answer |
      | COMPUTE CRYPTOGRAPHIC CHECKSUM | 9000   |
      | COMPUTE CRYPTOGRAPHIC CHECKSUM | 6985   |
      | GENERATE AC for an ARQC        | 6985   |

  Scenario Outline: COMPUTE CRYPTOGRAPHIC CHECKSUM <what>
    A card that failed this would give codes to somebody who is not in a transaction.
    Given a card "<card>" in the reader
    And the card stands <stage>
    When the terminal sends "<command>"
    Then the card answers <answer>

    Examples:
      | what                            | card                   | stage                        | command                                       | answer |
      | before SELECT                   | mchip-like-contactless | before SELECT                | COMPUTE CRYPTOGRAPHIC CHECKSUM                | 6985   |
      | before the transaction begins   | mchip-like-contactless | after SELECT                 | COMPUTE CRYPTOGRAPHIC CHECKSUM                | 6985   |
      | after the first GENERATE AC     | mchip-like-contactless | after the first GENERATE AC  | COMPUTE CRYPTOGRAPHIC CHECKSUM                | 6985   |
      | with data that are a byte short | mchip-like-contactless | after GET PROCESSING OPTIONS | COMPUTE CRYPTOGRAPHIC CHECKSUM, a byte short  | 6700   |
      | with data that are a byte long  | mchip-like-contactless | after GET PROCESSING OPTIONS | COMPUTE CRYPTOGRAPHIC CHECKSUM, a byte long   | 6700   |
      | with another P1                 | mchip-like-contactless | after GET PROCESSING OPTIONS | COMPUTE CRYPTOGRAPHIC CHECKSUM, P1 9E         | 6A86   |
      | with another P2                 | mchip-like-contactless | after GET PROCESSING OPTIONS | COMPUTE CRYPTOGRAPHIC CHECKSUM, P2 00         | 6A86   |
      | in the class of ISO             | mchip-like-contactless | after GET PROCESSING OPTIONS | COMPUTE CRYPTOGRAPHIC CHECKSUM, class 00      | 6E00   |
      | of a card without that mode     | ccd-aes-contactless    | after GET PROCESSING OPTIONS | COMPUTE CRYPTOGRAPHIC CHECKSUM                | 6D00   |

  @EMV-B3-6.5.7
  Scenario: the balance falls with every payment that the issuer does not see
    A card that failed this would show its holder money that is spent.
    Given a card "mchip-like-contactless" in the reader
    And the card stands after SELECT
    When the terminal sends "GET DATA 9F50"
    Then the answer is "9F5006 000000015000"
    When 2 transactions end with a TC
    And the terminal sends "GET DATA 9F50"
    Then the answer is "9F5006 000000012500"

  @EMV-B3-10.8
  Scenario: more than the balance wants the issuer
    A card that failed this would pay what its holder does not have.
    Given a card "mchip-like-contactless" in the reader
    And the terminal says:
      | tag  | value        |
      | 9F02 | 000000004900 |
    When 3 transactions end with a TC
    And the card stands after GET PROCESSING OPTIONS
    And the terminal sends "GENERATE AC for a TC"
    Then the cryptogram is an ARQC
    And the card verification results say:
      | upper cumulative offline limit exceeded |
