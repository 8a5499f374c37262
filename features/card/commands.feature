@card @EMV-B3-6.3
Feature: Commands that no card has
  Whatever a terminal sends, the card answers with a status word and goes on.

  Scenario Outline: <what>
    A card that failed this would do something that no book has, or stop to answer.
    Given a card "mchip-like-contact" in the reader
    And the card stands after GET PROCESSING OPTIONS
    When the terminal sends "<command>"
    Then the card answers <answer>
    And the answer has no data
    And the card answers these commands in turn:
      | command                 | answer |
      | READ RECORD 1 of SFI 1  | 9000   |
      | GENERATE AC for an ARQC | 9000   |

    @EMV-B3-6.3.2
    Examples: class
      | what                               | command      | answer |
      | a class of a logical channel       | 01B2010C00   | 6E00   |
      | a class of command chaining        | 10B2010C00   | 6E00   |
      | a class with secure messaging of ISO | 0CB2010C00 | 6E00   |
      | a class of somebody else           | A0B2010C00   | 6E00   |
      | a class that ISO has kept for itself | FFB2010C00 | 6E00   |

    @EMV-B3-6.3.5
    Examples: instruction
      | what                               | command                | answer |
      | READ BINARY                        | 00B0000000             | 6D00   |
      | UPDATE BINARY                      | 00D600000100           | 6D00   |
      | GET RESPONSE without any           | 00C0000000             | 6D00   |
      | MANAGE CHANNEL                     | 0070000001             | 6D00   |
      | an instruction that ISO has not    | 0060000000             | 6D00   |
      | an instruction of EMV's class that EMV has not | 80FE000000 | 6D00   |

    Examples: length
      | what                               | command                | answer |
      | more data than Lc says             | 00A4040005A0000000040000 | 6700 |
      | fewer data than Lc says            | 00A4040007A000000004   | 6700   |
