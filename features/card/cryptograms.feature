@card @EMV-B2-8.1
Feature: Cryptogram families
  The issuer makes each cryptogram again from its own keys, and answers under the keys of the family.

  Scenario Outline: <family>: both cryptograms and the issuer's answer
    A card that failed this would be declined by its own issuer, or decline its issuer's approval.
    Given a card "mchip-like-contact" in the reader, changed so:
      """yaml
      applications:
        - data: { "8D": 91 <bytes>  8A 02  95 05  9F37 04  9F4C 08 }
          generateAc: { cryptogram: <family> }
      """
    And the card stands after GET PROCESSING OPTIONS
    When the terminal sends "GENERATE AC for an ARQC"
    Then the cryptogram is an ARQC
    And the issuer application data are of <length> bytes and begin with "<start>"
    And the issuer finds the cryptogram right
    And the issuer would find it wrong with:
      | tag  | value        |
      | 9F02 | 000000001251 |
      | 9F37 | 01234566     |
    When the card's issuer approves
    And the terminal sends "second GENERATE AC for a TC"
    Then the cryptogram is a TC
    And the issuer finds the cryptogram right

    @EMV-B2-8.2.1
    Examples: ARPC of method 1
      | family          | bytes | length | start  |
      | visa-cvn-10     | 0A    | 7      | 06010A |
      | mchip-cvn-16    | 0A    | 18     | 0110   |
      | mchip-cvn-17    | 0A    | 18     | 0111   |
      | mchip-cvn-20    | 0A    | 18     | 0114   |
      | mchip-cvn-21    | 0A    | 18     | 0115   |
      | interac-cvn-133 | 0A    | 22     | 150185 |

    @EMV-B2-8.2.2
    Examples: ARPC of method 2
      | family          | bytes | length | start  |
      | ccd-tdes        | 08    | 32     | 0FA501 |
      | ccd-aes         | 08    | 32     | 0FA601 |
      | visa-cvn-18     | 08    | 7      | 060112 |
      | visa-cvn-22     | 08    | 32     | 1F2201 |

  @EMV-B2-8.2
  Scenario Outline: <family>: an answer that is not the issuer's
    A card that failed this would take anybody's approval.
    Given a card "mchip-like-contact" in the reader, changed so:
      """yaml
      applications:
        - data: { "8D": 91 <bytes>  8A 02  95 05  9F37 04  9F4C 08 }
          generateAc: { cryptogram: <family> }
      """
    And the card stands after the first GENERATE AC
    When somebody else answers for the issuer
    And the terminal sends "second GENERATE AC for a TC"
    Then the cryptogram is an AAC
    And the issuer finds the cryptogram right

    Examples:
      | family          | bytes |
      | visa-cvn-10     | 0A    |
      | mchip-cvn-16    | 0A    |
      | mchip-cvn-17    | 0A    |
      | mchip-cvn-20    | 0A    |
      | mchip-cvn-21    | 0A    |
      | interac-cvn-133 | 0A    |
      | ccd-tdes        | 08    |
      | ccd-aes         | 08    |
      | visa-cvn-18     | 08    |
      | visa-cvn-22     | 08    |

  @EMV-B3-6.5.4
  Scenario Outline: <family>: the answer by EXTERNAL AUTHENTICATE
    A card that failed this would hear its issuer by one way alone.
    Given a card "mchip-like-contact" in the reader, changed so:
      """yaml
      applications:
        - generateAc: { cryptogram: <family> }
      """
    And the card stands after the first GENERATE AC
    Then the card answers these commands in turn:
      | command               | answer |
      | EXTERNAL AUTHENTICATE | 9000   |

    Examples:
      | family          |
      | visa-cvn-10     |
      | visa-cvn-18     |
      | visa-cvn-22     |
      | mchip-cvn-16    |
      | mchip-cvn-17    |
      | mchip-cvn-20    |
      | mchip-cvn-21    |
      | interac-cvn-133 |
      | ccd-tdes        |
      | ccd-aes         |

  Scenario Outline: <family>: each transaction has a cryptogram of its own
    A card that failed this would give cryptograms that can be kept for later.
    Given a card "mchip-like-contact" in the reader, changed so:
      """yaml
      applications:
        - generateAc: { cryptogram: <family> }
      """
    And the card stands after GET PROCESSING OPTIONS
    When the terminal sends "GENERATE AC for an ARQC"
    Then in a new transaction the same command is answered with something else
    And the issuer finds the cryptogram right
    And the transaction counter is 2

    Examples:
      | family      |
      | visa-cvn-10 |
      | visa-cvn-18 |
      | mchip-cvn-20 |
      | ccd-aes     |

  Scenario: a cryptogram with one wrong bit
    An issuer that took this cryptogram would take one that somebody has guessed.
    Given a card "mchip-like-contact" in the reader, changed so:
      """yaml
      faults: { corrupt: [9F26] }
      """
    And the card stands after the first GENERATE AC
    Then the issuer finds the cryptogram wrong
