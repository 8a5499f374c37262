@terminal @contact @EMV-B3-7.5
Feature: Misbehaving cards
  Whatever a card does, the terminal comes to an end that it can tell the merchant: it never crashes, never waits for ever, and never pays for it.

  Background:
    Given a terminal "contact"
    And the terminal's date is 2026-11-21

  Scenario Outline: the card profile <profile>
    A terminal that breaks at a broken card stops the till with it.

    Given a cardholder with a card "<profile>"
    When a purchase of 12.50 EUR is made
    Then the terminal shows "<word>" because "<reason>"

    Examples:
      | profile               | word   | reason                                                |
      | afl-nowhere           | Failed | card answered with data that breaks the specification |
      | duplicate-tag         | Failed | card answered with data that breaks the specification |
      | missing-mandatory-tag | Failed | card answered with data that breaks the specification |
      | length-overflow       | Failed | card answered with data that breaks the specification |
      | endless-61xx          | Failed | card answered with data that breaks the specification |
      | blocked-application   | Failed | card and terminal have no application in common       |
      | mute                  | Failed | card was removed                                      |

  Scenario Outline: every answer to <instruction> is <fault>
    A terminal that believes the length that a card states reads where nothing is.

    Given a cardholder with a card "plain-contact" that differs in:
      """
      faults: { answers: { <INS>: <fault> } }
      """
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Failed" because "<reason>"

    Examples: a broken answer to SELECT takes the application off the list
      | instruction            | INS | fault     | reason                                                |
      | SELECT                 | A4  | empty     | card and terminal have no application in common       |
      | SELECT                 | A4  | malformed | card and terminal have no application in common       |
      | SELECT                 | A4  | oversized | card answered with data that breaks the specification |
      | GET PROCESSING OPTIONS | A8  | empty     | card answered with data that breaks the specification |
      | GET PROCESSING OPTIONS | A8  | malformed | card answered with data that breaks the specification |
      | GET PROCESSING OPTIONS | A8  | oversized | card answered with data that breaks the specification |
      | READ RECORD            | B2  | empty     | card answered with data that breaks the specification |
      | READ RECORD            | B2  | malformed | card answered with data that breaks the specification |
      | READ RECORD            | B2  | oversized | card answered with data that breaks the specification |
      | GENERATE AC            | AE  | empty     | card answered with data that breaks the specification |
      | GENERATE AC            | AE  | malformed | card answered with data that breaks the specification |
      | GENERATE AC            | AE  | oversized | card answered with data that breaks the specification |

  Scenario Outline: every answer to <instruction> is <answer>
    A terminal that follows the transport's own status words without end never ends.

    Given a cardholder with a card "plain-contact"
    And commands that begin with "<command>" get the answer "<answer>"
    And commands that begin with "00C0" get the answer "<rest>"
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Failed" because "<reason>"

    Examples: 61xx announces more, 6Cxx another length
      | instruction            | command | answer | rest | reason                                                |
      | SELECT                 | 00A4    | 6110   | 6110 | card answered with data that breaks the specification |
      | SELECT                 | 00A4    | 6100   | 9000 | card answered with data that breaks the specification |
      | SELECT                 | 00A4    | 6C10   | 9000 | card and terminal have no application in common       |
      | GET PROCESSING OPTIONS | 80A8    | 6110   | 6110 | card answered with data that breaks the specification |
      | GET PROCESSING OPTIONS | 80A8    | 6C10   | 9000 | card answered with data that breaks the specification |
      | READ RECORD            | 00B2    | 6110   | 6985 | card answered with data that breaks the specification |
      | READ RECORD            | 00B2    | 6C00   | 9000 | card answered with data that breaks the specification |
      | GENERATE AC            | 80AE    | 6110   | 6110 | card answered with data that breaks the specification |
      | GENERATE AC            | 80AE    | 6CFF   | 9000 | card answered with data that breaks the specification |

  Scenario Outline: the card is pulled out before command <number>
    A terminal that goes on without the card, or shows nothing, leaves the merchant not knowing whether the payment is done.

    Given a cardholder with a card "mchip-like-contact" that differs in:
      """
      faults: { tearBefore: <number> }
      applications:
        - risk: { alwaysOnline: true }
      """
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Failed" because "card was removed"

    Examples: of SELECT, READ RECORD of the directory, …, GENERATE AC, EXTERNAL AUTHENTICATE, GENERATE AC
      | number |
      | 1      |
      | 2      |
      | 4      |
      | 5      |
      | 8      |
      | 16     |
      | 17     |
      | 18     |

  Scenario Outline: commands that begin with <command> are answered with <answer>
    A terminal that takes what it does not know for what it hoped for has no rules.

    Given a cardholder with a card "mchip-like-contact"
    And commands that begin with "<command>" get the answer "<answer>"
    When a purchase of 12.50 EUR is made
    Then the terminal shows "<word>" because "<reason>"

    Examples:
      | command | answer    | word   | reason                                                |
      | 00A4    | 6E00      | Failed | card and terminal have no application in common       |
      | 80A8    | 6283      | Failed | card answered with data that breaks the specification |
      | 00B2    | 6E00      | Failed | card answered with data that breaks the specification |
      | 80AE    | 6283      | Failed | card answered with data that breaks the specification |
      | 80AE    | 7700 9000 | Failed | card answered with data that breaks the specification |

  Scenario Outline: a second GENERATE AC with <answer>
    A terminal that approves on the issuer's word alone, without the card's, cannot prove the payment.

    Given a cardholder with a card "plain-contact"
    And the terminal has:
      | type         | 21     |
      | capabilities | E0F8C0 |
    And commands that begin with "80AE40" get the answer "<answer>"
    When a purchase of 12.50 EUR is made
    Then the terminal shows "<word>" because "<reason>"

    Examples: a status word, nothing, another ARQC, a refusal
      | answer                                | word     | reason                                                |
      | 6985                                  | Failed   | card answered with data that breaks the specification |
      | 9000                                  | Failed   | card answered with data that breaks the specification |
      | 800B 80 0001 1122334455667788 9000    | Failed   | card answered with data that breaks the specification |
      | 800B 00 0001 1122334455667788 9000    | Declined | card declined                                         |
