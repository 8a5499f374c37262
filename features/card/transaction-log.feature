@card @EMV-B3-D
Feature: Transaction log
  What a card remembers of the last transactions, for its holder to read.

  Scenario: the card says where its log is and what stands in it
    A card that failed this would keep a log that nobody can read.
    Given a card "mchip-like-contact" in the reader
    When the terminal sends "SELECT the application"
    Then the answer has:
      | tag  | value |
      | 9F4D | 0B0A  |
    When the terminal sends "GET DATA 9F4F"
    Then the answer is "9F4F0D 9F3602 9F0206 5F2A02 9A03 9C01"

  Scenario: the newest transaction comes first
    A card that failed this would show its holder somebody else's amounts, or yesterday's as today's.
    Given a card "mchip-like-contact" in the reader
    And the terminal says:
      | tag  | value        |
      | 9F02 | 000000000100 |
      | 9A   | 261120       |
    When 1 transaction ends with a TC
    And the terminal says:
      | tag  | value        |
      | 9F02 | 000000000200 |
      | 5F2A | 0840         |
      | 9A   | 261121       |
      | 9C   | 09           |
    And 1 transaction ends with a TC
    And the terminal sends "READ RECORD 1 of SFI 11"
    Then the answer is "0002 000000000200 0840 261121 09"
    When the terminal sends "READ RECORD 2 of SFI 11"
    Then the answer is "0001 000000000100 0978 261120 00"
    When the terminal sends "READ RECORD 3 of SFI 11"
    Then the card answers 6A83

  Scenario: a declined transaction is none of the log
    A card that failed this would frighten its holder with payments that were not made.
    Given a card "mchip-like-contact" in the reader
    And the card stands after GET PROCESSING OPTIONS
    Then the card answers these commands in turn:
      | command                | answer |
      | GENERATE AC for an AAC | 9000   |
      | READ RECORD 1 of SFI 11 | 6A83  |

  Scenario: a transaction with two cryptograms stands there once
    A card that failed this would show its holder every online payment twice.
    Given a card "mchip-like-contact" in the reader
    And the card stands after the first GENERATE AC
    And the card's issuer approves
    Then the card answers these commands in turn:
      | command                     | answer |
      | second GENERATE AC for a TC | 9000   |
      | READ RECORD 1 of SFI 11     | 9000   |
      | READ RECORD 2 of SFI 11     | 6A83   |

  Scenario: a full log loses its oldest entry
    A card that failed this would stop to remember, or remember the first ten payments of its life alone.
    Given a card "mchip-like-contact" in the reader, changed so:
      """yaml
      applications:
        - risk: { lower: 20, upper: 20 }
      """
    When 12 transactions end with a TC
    Then the card answers these commands in turn:
      | command                  | answer |
      | READ RECORD 1 of SFI 11  | 9000   |
      | READ RECORD 11 of SFI 11 | 6A83   |
      | READ RECORD 10 of SFI 11 | 9000   |
    And the answer is "0003 000000001250 0978 261121 00"

  Scenario: the log can be read without a transaction
    A card that failed this would have to pay to show what it has paid.
    Given a card "mchip-like-contact" in the reader
    When 1 transaction ends with a TC
    And the field goes off and on
    Then the card answers these commands in turn:
      | command                 | answer |
      | READ RECORD 1 of SFI 11 | 6985   |
      | SELECT the application  | 9000   |
      | READ RECORD 1 of SFI 11 | 9000   |
      | READ RECORD 1 of SFI 1  | 6985   |

  Scenario: each application logs for itself
    A card that failed this would show payments of one account as those of the other.
    Given a card "two-applications" in the reader
    And the card stands after the first GENERATE AC
    Then the card answers these commands in turn:
      | command                 | answer |
      | READ RECORD 1 of SFI 11 | 9000   |
      | SELECT A0000000043060   | 9000   |
      | GET PROCESSING OPTIONS  | 9000   |
      | READ RECORD 1 of SFI 11 | 6A82   |

  Scenario: a card without a log
    A card that failed this would tell of a file that it has not.
    Given a card "ccd-tdes-contact" in the reader
    And the card stands after GET PROCESSING OPTIONS
    Then the card answers these commands in turn:
      | command                 | answer |
      | READ RECORD 1 of SFI 11 | 6A82   |
      | GET DATA 9F4F           | 6A88   |
