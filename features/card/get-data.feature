@card @EMV-B3-6.5.7
Feature: GET DATA
  Counters and lists that no record holds.

  @EMV-B3-7.3
  Scenario Outline: <name> of a new "<card>"
    A card that failed this would mislead the risk management of terminals.
    Given a card "<card>" in the reader
    And the card stands after SELECT
    When the terminal sends "GET DATA <tag>"
    Then the card answers 9000
    And the answer is "<answer>"

    Examples:
      | name                                | card                   | tag  | answer                             |
      | application transaction counter     | mchip-like-contact     | 9F36 | 9F36 02 0000                       |
      | last online ATC register            | mchip-like-contact     | 9F13 | 9F13 02 0000                       |
      | PIN try counter                     | mchip-like-contact     | 9F17 | 9F17 01 03                         |
      | log format                          | mchip-like-contact     | 9F4F | 9F4F 0D 9F36029F02065F2A029A039C01 |
      | lower consecutive offline limit     | mchip-like-contact     | 9F14 | 9F14 01 03                         |
      | upper consecutive offline limit     | mchip-like-contact     | 9F23 | 9F23 01 05                         |
      | application transaction counter     | ccd-tdes-contact       | 9F36 | 9F36 02 0000                       |
      | PIN try counter                     | offline-pin            | 9F17 | 9F17 01 03                         |
      | application transaction counter     | mchip-like-contactless | 9F36 | 9F36 02 0000                       |

  Scenario: counters follow the transactions
    A card that failed this would have terminals believe that it was online long ago, or never.
    Given a card "mchip-like-contact" in the reader
    When 2 transactions end with a TC
    And the terminal sends "GET DATA 9F36"
    Then the answer is "9F36020002"
    When the terminal sends "GET DATA 9F13"
    Then the answer is "9F13020000"
    Given the card stands after the first GENERATE AC
    When the card's issuer approves
    And the terminal sends "second GENERATE AC for a TC"
    And the terminal sends "GET DATA 9F13"
    Then the answer is "9F13020003"

  Scenario Outline: GET DATA <what>
    A card that failed this would give away what it must keep, or be asked in vain.
    Given a card "mchip-like-contact" in the reader
    And the card stands <stage>
    When the terminal sends "<command>"
    Then the card answers <answer>

    Examples:
      | what                                  | stage                        | command                     | answer |
      | before SELECT                         | before SELECT                | GET DATA 9F36               | 6985   |
      | after GET PROCESSING OPTIONS          | after GET PROCESSING OPTIONS | GET DATA 9F36               | 9000   |
      | after the first GENERATE AC           | after the first GENERATE AC  | GET DATA 9F17               | 9000   |
      | after the second GENERATE AC          | after the second GENERATE AC | GET DATA 9F36               | 9000   |
      | of the account number                 | after SELECT                 | GET DATA 5A                 | 6A88   |
      | of the cryptogram                     | after the first GENERATE AC  | GET DATA 9F26               | 6A88   |
      | of a data object that is in a record  | after SELECT                 | GET DATA 8C                 | 6A88   |
      | of a tag that there is not            | after SELECT                 | GET DATA 9F7F               | 6A88   |
      | with data                             | after SELECT                 | GET DATA 9F36, data 00      | 6700   |
      | in the class of ISO                   | after SELECT                 | GET DATA 9F36, class 00     | 6E00   |
      | for less than there is                | after SELECT                 | GET DATA 9F36, Le 02        | 6C05   |

  Scenario: what one card tells another keeps
    A card that failed this would tell what its issuer has not released.
    Given a card "ccd-tdes-contact" in the reader
    And the card stands after SELECT
    Then the card answers these commands in turn:
      | command       | answer |
      | GET DATA 9F4F | 6A88   |
      | GET DATA 9F14 | 6A88   |
      | GET DATA 9F50 | 6A88   |
