@terminal @contact @EMV-B1-12.3
Feature: Candidate list
  What card and terminal have in common, best first: from the directory of the card (PSE), or by asking for each name of the terminal.

  Background:
    Given a cardholder with a card "two-applications"
    And the issuer action codes of the card never match
    And a terminal "contact" whose own rules never match
    And the terminal's "AIDs" is "A0000000041010, A0000000043060"

  Rule: the directory of the card

    @EMV-B1-12.3.2
    Scenario: two applications in the directory
      A terminal that takes them in the order of the directory, and not by priority, pays with the wrong one.

      When a purchase of 12.50 EUR is made
      Then the candidate list is "A0000000043060 TAPBENCH MAESTRO (1), A0000000041010 TAPBENCH DEBIT (2)"
      And the terminal sent "00B2010C"
      And the terminal sent "00B2030C"
      And the card selected is "A0000000043060"

    @EMV-B1-12.3.1 @EMV-B1-12.3.2
    Scenario Outline: a terminal with the names <AIDs>, partial names: <partial>
      A terminal that matches names wrongly misses applications that it has, or takes ones that it has not.

      Given the terminal has:
        | AIDs          | <AIDs>    |
        | partial names | <partial> |
      When a purchase of 12.50 EUR is made
      Then the candidate list is "<list>"

      Examples:
        | AIDs                       | partial | list                                                                   |
        | A0000000041010             | no      | A0000000041010 TAPBENCH DEBIT (2)                                      |
        | A0000000043060             | yes     | A0000000043060 TAPBENCH MAESTRO (1)                                    |
        | A000000004                 | yes     | A0000000043060 TAPBENCH MAESTRO (1), A0000000041010 TAPBENCH DEBIT (2) |
        | A000000004, A0000000041010 | yes     | A0000000043060 TAPBENCH MAESTRO (1), A0000000041010 TAPBENCH DEBIT (2) |
        | A00000000410               | yes     | A0000000041010 TAPBENCH DEBIT (2)                                      |

    @EMV-B1-12.3.2
    Scenario Outline: SELECT of the directory is answered with <what>
      A terminal that ends because of a broken directory refuses a card whose applications are sound.

      Given commands that begin with "00A404000E31" get the answer "<answer>"
      When a purchase of 12.50 EUR is made
      Then the candidate list is "A0000000043060 TAPBENCH MAESTRO (1), A0000000041010 TAPBENCH DEBIT (2)"
      And the terminal notes under "Payment system environment": "<words>"
      And the terminal sent "00A4040007A0000000041010"
      And the terminal shows "Approved"

      Examples:
        | what                      | answer                                                | words                                        |
        | not found                 | 6A82                                                  | 6A82                                         |
        | blocked                   | 6F15840E315041592E5359532E4444463031A503880101 6283   | 6283                                         |
        | a status word of its own  | 6400                                                  | 6400                                         |
        | nothing                   | 9000                                                  | expected one template 6F                     |
        | no SFI                    | 6F15840E315041592E5359532E4444463031A5035F2D00 9000   | expected 88                                  |
        | SFI 0                     | 6F15840E315041592E5359532E4444463031A503880100 9000   | expected an SFI (88) of 1 to 10, got 0       |
        | SFI 11                    | 6F15840E315041592E5359532E4444463031A50388010B 9000   | expected an SFI (88) of 1 to 10, got 11      |
        | an SFI of two bytes       | 6F16840E315041592E5359532E4444463031A50488020101 9000 | expected 1 bytes in 88                       |
        | no name                   | 6F05A503880101 9000                                   | 84                                           |
        | a length that is too long | 6F20840E31 9000                                       | expected 32 bytes                            |

    @EMV-B1-12.3.2
    Scenario: the whole card is blocked
      A terminal that tries the applications of a blocked card after all undoes the issuer's block.

      Given commands that begin with "00A404000E31" get the answer "6A81"
      When a purchase of 12.50 EUR is made
      Then the terminal shows "Declined" because "card is blocked"
      And the terminal did not send "00A4040007"

    @EMV-B1-12.2.3 @EMV-B1-12.3.2
    Scenario Outline: a record of the directory is answered with <what>
      A terminal that goes on with half a directory misses applications without a trace.

      Given commands that begin with "00B2010C" get the answer "<answer>"
      When a purchase of 12.50 EUR is made
      Then the candidate list is "<list>"

      Examples: what cannot be read makes the whole directory useless
        | what                 | answer          | list                                                                   |
        | no template 70       | 610F4F07A0000000041010500444454249 9000 | A0000000043060 TAPBENCH MAESTRO (1), A0000000041010 TAPBENCH DEBIT (2) |
        | a wrong length       | 70206100 9000   | A0000000043060 TAPBENCH MAESTRO (1), A0000000041010 TAPBENCH DEBIT (2) |
        | a status word        | 6985            | A0000000043060 TAPBENCH MAESTRO (1), A0000000041010 TAPBENCH DEBIT (2) |
        | nothing              | 9000            | A0000000043060 TAPBENCH MAESTRO (1), A0000000041010 TAPBENCH DEBIT (2) |

      Examples: an entry that is none is passed over, record 2 counts
        | what                 | answer                                   | list                              |
        | an entry without a name | 70086106500444454249 9000             | A0000000041010 TAPBENCH DEBIT (2) |
        | a name of four bytes | 70086106 4F04A0000000 9000               | A0000000041010 TAPBENCH DEBIT (2) |
        | a name of 17 bytes   | 70156113 4F11A000000004306000000000000000000000 9000 | A0000000041010 TAPBENCH DEBIT (2) |
        | an unknown application | 700B6109 4F07A0000000999999 9000       | A0000000041010 TAPBENCH DEBIT (2) |
        | no entries           | 7000 9000                                | A0000000041010 TAPBENCH DEBIT (2) |

    @EMV-B1-12.2.3
    Scenario: an application without a place
      A terminal that takes no priority for the highest prefers what the issuer ranked last.

      Given commands that begin with "00B2010C" get the answer "700E610C 4F07A0000000043060 500144 9000"
      When a purchase of 12.50 EUR is made
      Then the candidate list is "A0000000041010 TAPBENCH DEBIT (2), A0000000043060 D (16)"

  Rule: the names of the terminal

    Background:
      Given a cardholder with a card "two-applications" that differs in:
        """
        directory: none
        """
      And the issuer action codes of the card never match

    @EMV-B1-12.3.3
    Scenario: two names
      A terminal that stops at the first name it finds never offers the one that the issuer ranked first.

      When a purchase of 12.50 EUR is made
      Then the candidate list is "A0000000043060 TAPBENCH MAESTRO (1), A0000000041010 TAPBENCH DEBIT (2)"
      And the card selected is "A0000000043060"

    @EMV-B1-12.3.3
    Scenario Outline: the name <AIDs>, partial names: <partial>
      A terminal that does not ask for the next occurrence sees one application where there are several.

      Given the terminal has:
        | AIDs          | <AIDs>    |
        | partial names | <partial> |
      When a purchase of 12.50 EUR is made
      Then the candidate list is "<list>"

      Examples:
        | AIDs       | partial | list                                                                   |
        | A000000004 | yes     | A0000000043060 TAPBENCH MAESTRO (1), A0000000041010 TAPBENCH DEBIT (2) |
        | A0000000041010 | no  | A0000000041010 TAPBENCH DEBIT (2)                                      |
        | A000000004, A0000000041010 | yes | A0000000043060 TAPBENCH MAESTRO (1), A0000000041010 TAPBENCH DEBIT (2) |

    @EMV-B1-12.3.3
    Scenario Outline: the name <AIDs>, partial names: <partial>, nothing in common
      A terminal without a word for this leaves cardholder and merchant guessing.

      Given the terminal has:
        | AIDs          | <AIDs>    |
        | partial names | <partial> |
      When a purchase of 12.50 EUR is made
      Then the terminal shows "Failed" because "card and terminal have no application in common"
      And the terminal notes under "Candidate list": "empty"
      And the terminal did not send "80A8"

      Examples: an exact name does not match a longer one
        | AIDs       | partial |
        | A000000003 | yes     |
        | A000000004 | no      |

    @EMV-B1-12.3.3
    Scenario Outline: SELECT of the first name is answered with <what>
      A terminal that goes by a name that it was not given uses another application than it asked for.

      Given commands that begin with "00A4040007A0000000041010" get the answer "<answer>"
      When a purchase of 12.50 EUR is made
      Then the candidate list is "A0000000043060 TAPBENCH MAESTRO (1)"

      Examples:
        | what               | answer                                                      |
        | blocked            | 6F158407A0000000041010A50A50054445424954870101 6283         |
        | not found          | 6A82                                                        |
        | another name       | 6F158407A0000000031010A50A50054445424954870101 9000         |
        | no name            | 6F0CA50A50054445424954870101 9000                           |
        | nothing            | 9000                                                        |
        | another template   | 70158407A0000000041010A50A50054445424954870101 9000         |
        | a status word      | 6985                                                        |

    @EMV-B1-12.3.3
    Scenario: the card is blocked
      A terminal that takes 6A81 for an application that is not there goes on with a blocked card.

      Given commands that begin with "00A4040007" get the answer "6A81"
      When a purchase of 12.50 EUR is made
      Then the terminal shows "Declined" because "card is blocked"

    @EMV-B1-12.3.3
    Scenario: a card that names the same application for ever
      A terminal that asks for the next occurrence until there is none never ends.

      Given the terminal's "AIDs" is "A000000004"
      And commands that begin with "00A4040205" get the answer "6F10 8407A0000000043060 A505870101 5000 9000"
      When a purchase of 12.50 EUR is made
      Then the candidate list is "A0000000043060 TAPBENCH MAESTRO (1)"
      And the terminal shows "Approved"
