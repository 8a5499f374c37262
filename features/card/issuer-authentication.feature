@card @EMV-B2-8.2
Feature: Issuer authentication
  How a card knows that the answer comes from its issuer: by EXTERNAL AUTHENTICATE, or with the second GENERATE AC.

  @EMV-B3-6.5.4
  Scenario: EXTERNAL AUTHENTICATE takes the issuer's answer
    A card that failed this would decline what its issuer has approved.
    Given a card "mchip-like-contact" in the reader
    And the card stands after the first GENERATE AC
    When the terminal sends "EXTERNAL AUTHENTICATE"
    Then the card answers 9000
    And the answer has no data
    When the terminal sends "second GENERATE AC for a TC"
    Then the cryptogram is a TC
    And the issuer finds the cryptogram right
    And the card verification results say:
      | issuer authentication performed |
    And the card verification results do not say "issuer authentication failed"

  @EMV-B3-6.5.4
  Scenario: EXTERNAL AUTHENTICATE finds out an answer that is not the issuer's
    A card that failed this would take anybody's approval.
    Given a card "mchip-like-contact" in the reader
    And the card stands after the first GENERATE AC
    When the terminal sends "EXTERNAL AUTHENTICATE with a wrong ARPC"
    Then the card answers 6300
    When the terminal sends "second GENERATE AC for a TC"
    Then the cryptogram is an AAC
    And the card verification results say:
      | issuer authentication failed |

  @EMV-B3-6.5.4
  Scenario Outline: EXTERNAL AUTHENTICATE once in a transaction, <what>
    A card that failed this would let somebody try one answer after the other.
    Given a card "mchip-like-contact" in the reader
    And the card stands after the first GENERATE AC
    Then the card answers these commands in turn:
      | command   | answer   |
      | <command> | <answer> |
      | EXTERNAL AUTHENTICATE | 6985 |

    Examples:
      | what                | command                                 | answer |
      | after the right one | EXTERNAL AUTHENTICATE                   | 9000   |
      | after a wrong one   | EXTERNAL AUTHENTICATE with a wrong ARPC | 6300   |

  @EMV-B3-6.5.4
  Scenario: an answer is good for its own transaction
    A card that failed this would take an approval that was recorded at another time.
    Given a card "mchip-like-contact" in the reader
    And the card stands after the first GENERATE AC
    And the card's issuer approves
    And the card stands after the first GENERATE AC
    When the terminal sends "EXTERNAL AUTHENTICATE"
    Then the card answers 6300

  @EMV-B3-6.5.4
  Scenario Outline: EXTERNAL AUTHENTICATE <what>
    A card that failed this would hear an issuer whom it has not asked.
    Given a card "<card>" in the reader
    And the card stands <stage>
    When the terminal sends "<command>"
    Then the card answers <answer>

    Examples:
      | what                              | card               | stage                        | command                                       | answer |
      | before SELECT                     | mchip-like-contact | before SELECT                | EXTERNAL AUTHENTICATE                         | 6985   |
      | before the transaction begins     | mchip-like-contact | after SELECT                 | EXTERNAL AUTHENTICATE                         | 6985   |
      | before the first GENERATE AC      | mchip-like-contact | after GET PROCESSING OPTIONS | EXTERNAL AUTHENTICATE                         | 6985   |
      | after the second GENERATE AC      | mchip-like-contact | after the second GENERATE AC | EXTERNAL AUTHENTICATE                         | 6985   |
      | with 7 bytes                      | mchip-like-contact | after the first GENERATE AC  | EXTERNAL AUTHENTICATE, data 00000000000000    | 6700   |
      | with 17 bytes                     | mchip-like-contact | after the first GENERATE AC  | EXTERNAL AUTHENTICATE, data 0000000000000000000000000000000000 | 6700 |
      | without data                      | mchip-like-contact | after the first GENERATE AC  | EXTERNAL AUTHENTICATE, without data           | 6700   |
      | with 8 bytes that prove nothing   | mchip-like-contact | after the first GENERATE AC  | EXTERNAL AUTHENTICATE, data 0000000000000000  | 6300   |
      | with P1                           | mchip-like-contact | after the first GENERATE AC  | EXTERNAL AUTHENTICATE, P1 01                  | 6A86   |
      | with P2                           | mchip-like-contact | after the first GENERATE AC  | EXTERNAL AUTHENTICATE, P2 01                  | 6A86   |
      | in the class of EMV               | mchip-like-contact | after the first GENERATE AC  | EXTERNAL AUTHENTICATE, class 80               | 6E00   |
      | of a card whose AIP has it not    | ccd-tdes-contact   | after the first GENERATE AC  | EXTERNAL AUTHENTICATE                         | 6D00   |

  @EMV-B3-C
  Scenario Outline: a Card Status Update that <what>
    A card that failed this would not do what its issuer has told it.
    Given a card "ccd-tdes-contact" in the reader
    And the card stands after the first GENERATE AC
    When the card's issuer answers with the Card Status Update <csu>
    And the terminal sends "second GENERATE AC for a TC"
    Then the cryptogram is <given>
    And the card answers these commands in turn:
      | command   | answer   |
      | <command> | <answer> |

    Examples:
      | what                          | csu      | given  | command                | answer |
      | approves                      | 00820000 | a TC   | SELECT the application | 9000   |
      | does not approve              | 00020000 | an AAC | SELECT the application | 9000   |
      | approves and blocks the application | 00A20000 | an AAC | SELECT the application | 6283 |
      | declines and blocks the application | 00220000 | an AAC | SELECT the application | 6283 |
      | declines and blocks the card  | 00420000 | an AAC | SELECT the application | 6A81   |

  @EMV-B3-C
  Scenario: a Card Status Update sets the PIN try counter
    A card that failed this would leave its holder locked out after the issuer has let them in.
    Given a card "ccd-tdes-contact" in the reader
    And the card stands after the first GENERATE AC
    When the card's issuer answers with the Card Status Update 01920000
    And the terminal sends "second GENERATE AC for a TC"
    And the terminal sends "GET DATA 9F17"
    Then the answer is "9F170101"

  @EMV-B3-C
  Scenario: a Card Status Update asks for the issuer next time
    A card that failed this would pay once more without its issuer, who has reason to be asked.
    Given a card "ccd-tdes-contact" in the reader
    And the card stands after the first GENERATE AC
    When the card's issuer answers with the Card Status Update 008A0000
    And the terminal sends "second GENERATE AC for a TC"
    Then the cryptogram is a TC
    Given the card stands after GET PROCESSING OPTIONS
    When the terminal sends "GENERATE AC for a TC"
    Then the cryptogram is an ARQC
    And the card verification results say:
      | go online on next transaction was set |

  @EMV-B3-C
  Scenario: a Card Status Update of somebody else changes nothing
    A card that failed this could be blocked by anybody.
    Given a card "ccd-tdes-contact" in the reader
    And the card stands after the first GENERATE AC
    When the card's issuer answers with the Card Status Update 00420000
    And the answer is altered on its way
    And the terminal sends "second GENERATE AC for a TC"
    Then the cryptogram is an AAC
    And the card answers these commands in turn:
      | command                | answer |
      | SELECT the application | 9000   |
