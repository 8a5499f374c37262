@terminal @contact @EMV-B3-10.2 @EMV-B3-6.5.11
Feature: Read application data
  The terminal reads every record of the AFL, takes their data objects, and ends when one that it cannot do without is missing or broken.

  Background:
    Given a cardholder with a card "plain-contact"
    And a terminal "contact" whose own rules never match

  Scenario: all records of the list, and no other
    A terminal that reads other records than the list names decides on data that the card did not mean.

    When a purchase of 12.50 EUR is made
    Then the terminal sent "00B2010C"
    And the terminal sent "00B20114"
    And the terminal sent "00B20214"
    And the terminal sent "00B2031C"
    And the terminal sent "00B20224"
    And the terminal did not send "00B20314"

  @EMV-B3-7.2
  Scenario Outline: no <tag>
    A terminal that goes on without a mandatory data object has nothing to decide on.

    Given the card has no data object <tag>
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Failed" because "card answered with data that breaks the specification"
    And the kernel says "<tag>"
    And the TVR is "0000000000"

    Examples: PAN, expiration date
      | tag  |
      | 5A   |
      | 5F24 |

  @EMV-B3-7.2
  Scenario Outline: record 2 of SFI 2 without <tag>
    A terminal that goes on without a list for GENERATE AC cannot end the transaction with the card.

    Given commands that begin with "00B20214" get the answer "<answer>"
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Failed" because "card answered with data that breaks the specification"
    And the kernel says "<tag>"
    And the TSI is "0000"

    Examples:
      | tag | answer                  |
      | 8C  | 7008 8D06 8A029F3704 00 9000 |
      | 8C  | 7006 8D04 8A029F02 9000 |
      | 8D  | 7005 8C03 9F3704 9000   |

  @EMV-B3-7.5
  Scenario Outline: <tag> is <value>
    A terminal that takes values of any form shows, prints and sends nonsense.

    Given the card's data object <tag> is "<value>"
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Failed" because "card answered with data that breaks the specification"

    Examples: letters in the PAN, a PAN of eleven bytes, a date of two bytes, a date that is none
      | tag  | value                  |
      | 5A   | 5413AB                 |
      | 5A   | 5413330000000000000000 |
      | 5F24 | 4912                   |
      | 5F24 | 49AB31                 |

  Scenario Outline: a record is answered with <what>
    A terminal that reads what is no record takes data from where the card did not put any.

    Given commands that begin with "00B2010C" get the answer "<answer>"
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Failed" because "card answered with data that breaks the specification"

    Examples:
      | what                      | answer                   |
      | not found                 | 6A83                     |
      | a status word             | 6985                     |
      | a warning                 | 7000 6282                |
      | nothing                   | 9000                     |
      | another template          | 7704 9F080200 9000       |
      | bytes without a template  | 9F08020002 9000          |
      | more after the template   | 7005 9F08020002 00 9000  |
      | more before the template  | 00 7005 9F08020002 9000  |
      | two templates             | 7005 9F08020002 7000 9000 |
      | a length that is too long | 7010 9F08020002 9000     |
      | an object that is too long | 7005 9F08100002 9000    |
      | a length of five bytes    | 70 85 0000000005 9F08020002 9000 |

  Scenario Outline: a data object stands twice: <what>
    A terminal that takes the first or the last of two values lets the card show one to the terminal and another to the issuer.

    Given commands that begin with "00B2010C" get the answer "<answer>"
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Failed" because "card answered with data that breaks the specification"
    And the kernel says "once, got it twice"

    Examples:
      | what                                | answer                          |
      | in one record                       | 700A 9F08020002 9F08020002 9000 |
      | in two records                      | 7006 5F2403491231 9000          |
      | in two records, with the same value | 7004 9F4A0182 9000              |

  Scenario: an empty record, an unknown object, a template within a record
    A terminal that stops at what it does not know refuses cards that are newer than itself.

    Given commands that begin with "00B2010C" get the answer "7010 9F08020002 DF7F0101 A5055F50027572 9000"
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Approved"

  Scenario: a file of the payment system
    A terminal that takes objects out of files 11 to 30 takes what is none of EMV's.

    Given a cardholder with a card "plain-contact" that differs in:
      """
      faults: { answers: { 00B2015C: { raw: 01 02 03 90 00 } } }
      applications:
        - data: { "94": 08 01 01 00 10 01 02 01 18 01 03 00 20 01 02 00 58 01 01 00 }
      """
    And the terminal's "capabilities" is "E0F800"
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Approved"
    And the terminal sent "00B2015C"

  @EMV-B3-10.3
  Scenario: a record that is to be authenticated and is no template
    A terminal that authenticates what is no record takes a broken card for a proved one.

    Given a cardholder with a card "plain-contact" that differs in:
      """
      faults: { answers: { 00B2015C: { raw: 01 02 03 90 00 } } }
      applications:
        - data: { "94": 08 01 01 00 10 01 02 01 18 01 03 00 20 01 02 00 58 01 01 01 }
      """
    When a purchase of 12.50 EUR is made
    Then the TVR is "0400000000"
