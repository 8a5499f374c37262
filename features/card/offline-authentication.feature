@card @EMV-B3-10.3
Feature: Offline data authentication
  What a terminal can prove of a card without its issuer: certificates up to the authority, static data, dynamic signatures.

  @EMV-B2-5.3 @EMV-B2-6.3
  Scenario Outline: the issuer of "<card>" is certified by the authority
    A card that failed this would be taken for a forgery, or could be one.
    Given a card "<card>" in the reader
    When the terminal has read the card
    Then the terminal proves the issuer's certificate
    And the key of the issuer has <bits> bits

    Examples:
      | card                   | bits |
      | mchip-like-contact     | 1408 |
      | ccd-tdes-contact       | 1408 |
      | mchip-like-contactless | 1408 |
      | ccd-aes-contactless    | 1408 |
      | offline-pin            | 1408 |

  @EMV-B2-6.4
  Scenario Outline: "<card>" is certified by its issuer
    A card that failed this could be a copy with data of its own.
    Given a card "<card>" in the reader
    When the terminal has read the card
    Then the terminal proves the card's certificate
    And the key of the card has <bits> bits

    Examples:
      | card                   | bits |
      | mchip-like-contactless | 1024 |
      | mchip-like-contact     | 1152 |
      | ccd-aes-contactless    | 1152 |
      | ccd-tdes-contact       | 1408 |

  @EMV-B2-5.4
  Scenario: static data are signed by the issuer
    A card that failed this could have been given another account number.
    Given a card "mchip-like-contact" in the reader
    When the terminal has read the card
    Then the terminal proves the signed static data
    And other static data would not be proved

  @EMV-B2-6.5 @EMV-B3-6.5.9
  Scenario Outline: "<card>" signs the terminal's number
    A card that failed this could be a copy without the card's key.
    Given a card "<card>" in the reader
    And the terminal has read the card
    When the terminal sends "INTERNAL AUTHENTICATE"
    Then the card answers 9000
    And the answer is built as "<structure>"
    And the terminal proves the dynamic signature

    Examples:
      | card               | structure |
      | mchip-like-contact | 77(9F4B)  |
      | ccd-tdes-contact   | 80        |
      | offline-pin        | 80        |

  @EMV-B2-6.5.1
  Scenario: each transaction is signed with a number of its own
    A card that failed this would give signatures that can be kept for later.
    Given a card "mchip-like-contact" in the reader
    And the card stands after GET PROCESSING OPTIONS
    When the terminal sends "INTERNAL AUTHENTICATE"
    Then in a new transaction the same command is answered with something else

  @EMV-B3-6.5.9
  Scenario Outline: INTERNAL AUTHENTICATE <what>
    A card that failed this would sign what its terminal has not asked for.
    Given a card "<card>" in the reader
    And the card stands <stage>
    When the terminal sends "<command>"
    Then the card answers <answer>

    Examples:
      | what                          | card               | stage                        | command                              | answer |
      | before SELECT                 | mchip-like-contact | before SELECT                | INTERNAL AUTHENTICATE                | 6985   |
      | before the transaction begins | mchip-like-contact | after SELECT                 | INTERNAL AUTHENTICATE                | 6985   |
      | after the first GENERATE AC   | mchip-like-contact | after the first GENERATE AC  | INTERNAL AUTHENTICATE                | 6985   |
      | after the second GENERATE AC  | mchip-like-contact | after the second GENERATE AC | INTERNAL AUTHENTICATE                | 6985   |
      | of data that are a byte short | mchip-like-contact | after GET PROCESSING OPTIONS | INTERNAL AUTHENTICATE, a byte short  | 6700   |
      | of data that are a byte long  | mchip-like-contact | after GET PROCESSING OPTIONS | INTERNAL AUTHENTICATE, a byte long   | 6700   |
      | of no data                    | mchip-like-contact | after GET PROCESSING OPTIONS | INTERNAL AUTHENTICATE, without data  | 6700   |
      | with P1                       | mchip-like-contact | after GET PROCESSING OPTIONS | INTERNAL AUTHENTICATE, P1 01         | 6A86   |
      | with P2                       | mchip-like-contact | after GET PROCESSING OPTIONS | INTERNAL AUTHENTICATE, P2 01         | 6A86   |
      | in the class of EMV           | mchip-like-contact | after GET PROCESSING OPTIONS | INTERNAL AUTHENTICATE, class 80      | 6E00   |
      | of a card without a key       | no-oda             | after GET PROCESSING OPTIONS | INTERNAL AUTHENTICATE, data 01234567 | 6D00   |

  @EMV-B2-6.6 @EMV-B3-6.5.5
  Scenario Outline: "<card>" signs its first cryptogram, a <type>
    A card that failed this could have its answer changed on the way to the terminal.
    Given a card "<card>" in the reader
    And the terminal has read the card
    When the terminal sends "GENERATE AC for a <type> with CDA"
    Then the card answers 9000
    And the answer is built as "77(9F27 9F36 9F10 9F4B)"
    And the terminal proves the combined signature
    And the cryptogram is a <type>
    And the issuer finds the cryptogram right

    Examples:
      | card                   | type |
      | mchip-like-contact     | TC   |
      | mchip-like-contact     | ARQC |
      | ccd-tdes-contact       | TC   |
      | ccd-tdes-contact       | ARQC |
      | mchip-like-contactless | TC   |
      | ccd-aes-contactless    | ARQC |

  @EMV-B2-6.6
  Scenario: the signature covers what the terminal has sent
    A card that failed this would prove a payment that the terminal did not ask for.
    Given a card "mchip-like-contact" in the reader
    And the terminal has read the card
    When the terminal sends "GENERATE AC for an ARQC with CDA"
    And somebody changes what the terminal has sent
    Then the terminal cannot prove the combined signature, because transaction data hash code is another than the signed one

  @EMV-B2-6.6
  Scenario: the second cryptogram is signed together with both lists
    A card that failed this could have its answer to the issuer's decision changed.
    Given a card "mchip-like-contact" in the reader
    And the terminal has read the card
    And the terminal sends "GENERATE AC for an ARQC"
    And the card's issuer approves
    When the terminal sends "second GENERATE AC for a TC with CDA"
    Then the terminal proves the combined signature
    And the cryptogram is a TC
    And the issuer finds the cryptogram right

  @EMV-B2-6.6.1 @CL-C2-5
  Scenario Outline: "<card>" <does> an AAC
    A card that failed this would lose time over a refusal, or leave one unproved that its kernel wants proved.
    Given a card "<card>" in the reader
    And the terminal has read the card
    When the terminal sends "GENERATE AC for an AAC with CDA"
    Then the cryptogram is an AAC
    And the answer has:
      | tag  | value       |
      | 9F4B | <signature> |

    Examples:
      | card                   | does          | signature |
      | mchip-like-contact     | does not sign | none      |
      | ccd-aes-contactless    | does not sign | none      |
      | mchip-like-contactless | signs         | 128 bytes |

  @EMV-B3-6.5.5
  Scenario: a card without a key gives its cryptogram unsigned
    A card that failed this would end the transactions of terminals that always ask for CDA.
    Given a card "no-oda" in the reader
    And the terminal has read the card
    When the terminal sends "GENERATE AC for an ARQC with CDA"
    Then the card answers 9000
    And the answer is built as "77(9F27 9F36 9F26 9F10)"
    And the issuer finds the cryptogram right

  @EMV-B3-6.5.5
  Scenario Outline: the issuer hears of <what>
    A card that failed this would leave its issuer in the dark about how it was proved.
    Given a card "mchip-like-contact" in the reader
    And the terminal has read the card
    When the terminal sends "<first>"
    And the terminal sends "<second>"
    And the terminal proves <signature>
    Then the card verification results say:
      | <says> |

    Examples:
      | what | first                   | second                           | signature                | says                               |
      | DDA  | INTERNAL AUTHENTICATE   | GENERATE AC for an ARQC          | the card's certificate   | DDA returned                       |
      | CDA  | GET DATA 9F36           | GENERATE AC for an ARQC with CDA | the combined signature   | CDA returned in first GENERATE AC  |

  @EMV-B2-5.2
  Scenario: an authority that the terminal does not know
    A terminal that took this card would take one that somebody has made for himself.
    Given a card "mchip-like-contact" in the reader, changed so:
      """yaml
      applications:
        - data: { "8F": 7E }
      """
    When the terminal has read the card
    Then the terminal cannot prove the issuer's certificate, because no certification authority public key of this RID and index

  Scenario Outline: one wrong bit in <what>
    A card that was proved nevertheless could be any.
    Given a card "mchip-like-contact" in the reader, changed so:
      """yaml
      faults: { corrupt: [<tag>] }
      """
    When the terminal has read the card
    Then the terminal cannot prove <proof>, because <reason>

    @EMV-B2-5.3
    Examples: the issuer
      | what                             | tag  | proof                    | reason |
      | the issuer's certificate         | 90   | the issuer's certificate | recovered data trailer is not BC |
      | the rest of the issuer's key     | 92   | the issuer's certificate | hash is another than the recovered one |

    @EMV-B2-6.4
    Examples: the card
      | what                             | tag  | proof                    | reason |
      | the card's certificate           | 9F46 | the card's certificate   | recovered data trailer is not BC |
      | the rest of the card's key       | 9F48 | the card's certificate   | hash is another than the recovered one |
      | the expiration date              | 5F24 | the card's certificate   | hash is another than the recovered one |

    @EMV-B2-5.4
    Examples: static data
      | what                             | tag  | proof                    | reason |
      | the signed static data           | 93   | the signed static data   | recovered data trailer is not BC |
      | the usage control                | 9F07 | the signed static data   | hash is another than the recovered one |
