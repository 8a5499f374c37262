@terminal @contact @EMV-B1-12.4
Feature: Final selection
  One application of the candidate list is selected: the best, or the one that the cardholder chooses.

  Background:
    Given a cardholder with a card "two-applications"
    And the issuer action codes of the card never match
    And a terminal "contact" whose own rules never match
    And the terminal's "AIDs" is "A0000000041010, A0000000043060"

  Scenario: nobody is asked
    A terminal without a display for choosing that takes any but the first ignores the issuer's order.

    When a purchase of 12.50 EUR is made
    Then the card selected is "A0000000043060"
    And the terminal shows "Approved"

  Scenario Outline: the cardholder chooses application <number>
    A terminal that offers a choice and takes another pays from the wrong account.

    Given the terminal's "cardholder selection" is "yes"
    And the cardholder chooses application <number>
    When a purchase of 12.50 EUR is made
    Then the cardholder was offered "TAPBENCH MAESTRO, TAPBENCH DEBIT"
    And the card selected is "<AID>"
    And the terminal shows "Approved"

    Examples:
      | number | AID            |
      | 1      | A0000000043060 |
      | 2      | A0000000041010 |

  Scenario: the cardholder cancels
    A terminal that goes on after the cardholder cancelled charges somebody who does not want to pay.

    Given the terminal's "cardholder selection" is "yes"
    And the cardholder cancels the selection
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Declined" because "cardholder cancelled"
    And the terminal did not send "80A8"

  Scenario: one application is not a question
    A terminal that asks where there is nothing to choose slows down every payment.

    Given a cardholder with a card "plain-contact"
    And the terminal's "cardholder selection" is "yes"
    And the cardholder cancels the selection
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Approved"
    And the cardholder was offered "none"

  Rule: an application that wants confirmation

    Background: bit 8 of the priority of the first application
      Given commands that begin with "00B2010C" get the answer "70186116 4F07A0000000043060 500854415042454E4348 870181 9000"

    Scenario: nobody can confirm
      A terminal that uses it without asking goes over the head of the cardholder.

      When a purchase of 12.50 EUR is made
      Then the card selected is "A0000000041010"

    Scenario: the cardholder confirms
      A terminal that never offers it hides an application of the card.

      Given the terminal's "cardholder selection" is "yes"
      When a purchase of 12.50 EUR is made
      Then the card selected is "A0000000043060"

    Scenario: the cardholder refuses the only one
      A terminal that takes the only application without a confirmation does not need the cardholder.

      Given the terminal has:
        | AIDs                 | A0000000043060 |
        | cardholder selection | yes            |
      And the cardholder cancels the selection
      When a purchase of 12.50 EUR is made
      Then the cardholder was offered "TAPBENCH"
      And the terminal shows "Declined" because "cardholder cancelled"

  Rule: an application that cannot be selected

    Scenario Outline: SELECT of the best application is answered with <what>
      A terminal that gives up at the first refusal never comes to an application that works.

      Given commands that begin with "00A4040007A0000000043060" get the answer "<answer>"
      When a purchase of 12.50 EUR is made
      Then the card selected is "A0000000041010"
      And the terminal shows "Approved"

      Examples:
        | what                 | answer                                                |
        | blocked              | 6F0E8407A0000000043060A503500154 6283                 |
        | not found            | 6A82                                                  |
        | a status word        | 6985                                                  |
        | another name         | 6F0E8407A0000000031010A503500154 9000                 |
        | no name              | 6F05A503500154 9000                                   |
        | a wrong length       | 6F2084 9000                                           |
        | nothing              | 9000                                                  |

    Scenario: the card is blocked when the application is selected
      A terminal that tries the next application of a blocked card undoes the issuer's block.

      Given commands that begin with "00A4040007A0000000043060" get the answer "6A81"
      When a purchase of 12.50 EUR is made
      Then the terminal shows "Declined" because "card is blocked"
      And the terminal notes under "Candidate list": "A0000000043060 TAPBENCH MAESTRO (1)"
      And the terminal did not send "00A4040007A0000000041010"
      And the terminal did not send "80A8"

    Scenario: an issuer has blocked the only application
      A terminal that uses a blocked application takes a card that its issuer has stopped.

      Given a cardholder with a card "blocked-application"
      And the terminal's "AIDs" is "A0000000031010"
      When a purchase of 12.50 EUR is made
      Then the terminal shows "Failed" because "card and terminal have no application in common"
      And the terminal did not send "80A8"
