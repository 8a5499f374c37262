@terminal @contactless @CL-B-3.3
Feature: Contactless combination selection
  The PPSE names the card's applications and the kernel that each wants; the terminal takes the first by priority that it has a combination for.

  Background:
    Given a terminal "contactless"
    And a cardholder with a card "mchip-like-contactless"

  Scenario Outline: the directory asks for kernel <identifier>: <what>
    A terminal that failed this would run a kernel that the card does not understand, or turn away cards that it could take.
    Given the card's data object 9F2A is "<identifier>"
    When a purchase of 10.00 EUR is made
    Then the candidate list is "<candidates>"
    And the kernel ends with "<outcome>"
    And the Error Indication is "<error>"

    Examples:
      | identifier  | what                                        | candidates     | outcome        | error                   |
      | 02          | the terminal's kernel                       | A0000000041010 | Approved       | no error                |
      | none        | the kernel of the scheme, which is 2        | A0000000041010 | Approved       | no error                |
      | 00          | any kernel will do                          | A0000000041010 | Approved       | no error                |
      | 03          | a kernel that the terminal has not          | empty          | EndApplication | L2 EMPTY CANDIDATE LIST |
      | 81 02 76 01 | a domestic kernel                           | empty          | EndApplication | L2 EMPTY CANDIDATE LIST |
      | 80 00 00    | a domestic identifier without number        | A0000000041010 | Approved       | no error                |
      | 80 00       | a domestic identifier that is too short     | empty          | EndApplication | L2 EMPTY CANDIDATE LIST |

  Scenario: an application of no known scheme, without kernel identifier
    A terminal that failed this would not take cards of schemes that Book B does not name.
    Given a cardholder with a card "mchip-like-contactless" that differs in:
      """
      applications:
        - aid: B0 12 34 56 78
          entry: []
      """
    When a purchase of 10.00 EUR is made
    Then the candidate list is "B012345678"
    And the card selected is "B012345678"
    And the kernel works in EMV mode

  Scenario: no PPSE
    A terminal that failed this would keep cardholders waiting at a card that has nothing for this reader.
    Given commands that begin with "00A404000E" get the answer "6A82"
    When a purchase of 10.00 EUR is made
    Then the kernel ends with "EndApplication"
    And the Error Indication is "L2 NO PPSE 6A82"
    And the reader shows "Insert, swipe or try another card"
    And the terminal shows "Failed" because "card and terminal have no application in common"

  Scenario Outline: a PPSE <what>
    A terminal that failed this would guess at a directory that breaks the specification.
    Given commands that begin with "00A404000E" get the answer "<answer>"
    When a purchase of 10.00 EUR is made
    Then the kernel ends with "EndApplication"
    And the Error Indication is "L2 PPSE FAULT"
    And the reader shows "Insert, swipe or try another card"

    Examples:
      | what                            | answer                                                                               |
      | that is no FCI                  | 7000 9000                                                                            |
      | without a directory             | 6F12 840E325041592E5359532E4444463031 A500 9000                                      |
      | with an entry without a name    | 6F1B 840E325041592E5359532E4444463031 A509 BF0C06 6104 87010150 9000                 |
      | whose lengths do not fit        | 6F20 840E325041592E5359532E4444463031 9000                                           |
      | without any byte                | 9000                                                                                 |

  Scenario: an application that the terminal has no combination for
    A terminal that failed this would start a kernel for a scheme that it does not take.
    Given the reader takes the AIDs "A0000000043060"
    When a purchase of 10.00 EUR is made
    Then the kernel ends with "EndApplication"
    And the Error Indication is "L2 EMPTY CANDIDATE LIST"
    And the terminal did not send "00A4040007A0000000041010"

  Scenario: a name that begins with the AID of a combination
    A terminal that failed this would miss cards whose issuer has made the scheme's name longer.
    Given a cardholder with a card "mchip-like-contactless" that differs in:
      """
      applications:
        - aid: A0 00 00 00 04 10 10 01
      """
    When a purchase of 10.00 EUR is made
    Then the terminal sent "00A4040008A000000004101001"
    And the card selected is "A000000004101001"
    And the kernel ends with "Approved"

  Scenario Outline: priorities <first> and <second>
    A terminal that failed this would not pay with the application that the issuer prefers.
    Given a cardholder with a card "two-contactless" that differs in:
      """
      applications:
        - priority: <first>
        - priority: <second>
      """
    And the issuer approves
    When a purchase of 10.00 EUR is made
    Then the candidate list is "<candidates>"
    And the card selected is "<aid>"

    Examples:
      | first | second | candidates                    | aid            |
      | 1     | 2      | A0000000041010 A0000000043060 | A0000000041010 |
      | 2     | 1      | A0000000043060 A0000000041010 | A0000000043060 |
      | 15    | 14     | A0000000043060 A0000000041010 | A0000000043060 |

  Scenario Outline: a directory whose entries have the priorities <first> and <second>
    A terminal that failed this would rely on an order that no card has to keep: only the priority counts, and 0 is none.
    Given a cardholder with a card "two-contactless"
    And commands that begin with "00A404000E" get the answer "6F39 840E325041592E5359532E4444463031 A527 BF0C24 6110 4F07A0000000041010 8701<first> 9F2A0102 6110 4F07A0000000043060 8701<second> 9F2A0102 9000"
    When a purchase of 10.00 EUR is made
    Then the candidate list is "<candidates>"
    And the card selected is "<aid>"

    Examples:
      | first | second | candidates                    | aid            |
      | 02    | 01     | A0000000043060 A0000000041010 | A0000000043060 |
      | 01    | 02     | A0000000041010 A0000000043060 | A0000000041010 |
      | 00    | 0F     | A0000000043060 A0000000041010 | A0000000043060 |
      | 01    | 01     | A0000000041010 A0000000043060 | A0000000041010 |
      | 81    | 02     | A0000000041010 A0000000043060 | A0000000041010 |

  Scenario Outline: extended selection where <what>
    A terminal that failed this would select another application than the one that the directory means.
    Given a cardholder with a card "mchip-like-contactless" that differs in:
      """
      applications:
        - entry: [9F2A, 9F29]
          data: { "9F29": 01 }
      """
    And <what>
    When a purchase of 10.00 EUR is made
    Then the terminal sent "<select>"
    And the Error Indication is "<error>"

    Examples:
      | what                               | select                     | error                   |
      | the issuer approves                | 00A4040008A000000004101001 | L2 EMPTY CANDIDATE LIST |
      | the reader has no extended selection | 00A4040007A0000000041010   | no error                |

  Scenario Outline: the final SELECT is answered <answer>
    A terminal that failed this would go on with an application that the issuer has blocked, or give up although there is another.
    Given a cardholder with a card "two-contactless"
    And commands that begin with "00A4040007A0000000043060" get the answer "<answer>"
    When a purchase of 10.00 EUR is made
    Then the terminal sent "00A4040007A0000000043060" before "00A4040007A0000000041010"
    And the card selected is "A0000000041010"
    And the kernel ends with "Approved"

    Examples:
      | answer |
      | 6283   |
      | 6A82   |
      | 6A81   |

  @CL-B-3.5
  Scenario: the first application is not for this transaction
    A terminal that failed this would end where the card's next application could have paid.
    Given a cardholder with a card "two-contactless"
    And commands that begin with "80A80000038301" get the answer "6985"
    When a purchase of 10.00 EUR is made
    Then the terminal notes under "Outcome": "SELECT NEXT, start C"
    And the card selected is "A0000000041010"
    And the kernel ends with "Approved"
