@terminal @contact @EMV-B3-10.10
Feature: Issuer scripts
  Commands of the issuer for the card, which the terminal passes on without understanding them: template 71 before the second GENERATE AC, template 72 after it.

  Background: a terminal that always asks
    Given a cardholder with a card "plain-contact"
    And a terminal "contact" whose own rules never match
    And the terminal's "type" is "21"

  @EMV-B4-6.3.9
  Scenario Outline: <scripts>
    A terminal that tells the issuer a wrong result of its commands leaves it with a card in a state that it does not know.

    Given the issuer sends the scripts:
      | <template> | <commands> |
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Approved"
    And the script results are "<results>"
    And the TVR is "<TVR>"
    And the TSI is "FC00"

    Examples: byte 1 of the results: 20 successful, 1n failed at command n; then the number of the script
      | scripts                     | template | commands                                       | results    | TVR        |
      | one command before          | 71       | PIN UNBLOCK                                    | 2000000001 | 0000000000 |
      | one command after           | 72       | PIN UNBLOCK                                    | 2000000001 | 0000000000 |
      | two commands before         | 71       | PUT DATA 9F14 07, PUT DATA 9F23 09             | 2000000001 | 0000000000 |
      | the first fails, before     | 71       | PIN UNBLOCK with a wrong MAC, PIN UNBLOCK      | 1100000001 | 0000000020 |
      | the second fails, before    | 71       | PIN UNBLOCK, PIN UNBLOCK with a wrong MAC      | 1200000001 | 0000000020 |
      | the second fails, after     | 72       | PIN UNBLOCK, PIN UNBLOCK with a wrong MAC      | 1200000001 | 0000000010 |
      | a tag that cannot be put    | 72       | PUT DATA 9F36 0001                             | 1100000001 | 0000000010 |
      | a command cut short, before | 71       | PIN UNBLOCK, 84                                | 1200000001 | 0000000020 |
      | a command cut short, after  | 72       | 842400                                         | 1100000001 | 0000000010 |
      | no command before           | 71       |                                                | 1000000001 | 0000000020 |
      | no command after            | 72       |                                                | 1000000001 | 0000000010 |

  Scenario: several scripts, of which one fails
    A terminal that stops at the first script that fails keeps the others from the card.

    Given the issuer sends the scripts:
      | 71 | PIN UNBLOCK with a wrong MAC |
      | 71 | PUT DATA 9F14 07             |
      | 72 | PUT DATA 9F23 09             |
      | 72 | 841E                         |
    When a purchase of 12.50 EUR is made
    Then the script results are "1100000001 2000000002 2000000003 1100000004"
    And the TVR is "0000000030"
    And the TSI is "FC00"

  Scenario: the last command of sixteen fails
    A terminal that counts beyond fifteen overwrites the outcome with the count.

    Given the issuer sends the script 72 with "PIN UNBLOCK, PIN UNBLOCK, PIN UNBLOCK, PIN UNBLOCK, PIN UNBLOCK, PIN UNBLOCK, PIN UNBLOCK, PIN UNBLOCK, PIN UNBLOCK, PIN UNBLOCK, PIN UNBLOCK, PIN UNBLOCK, PIN UNBLOCK, PIN UNBLOCK, PIN UNBLOCK, 84"
    When a purchase of 12.50 EUR is made
    Then the script results are "1F00000001"

  Scenario: scripts of an issuer that declines
    A terminal that throws away the scripts of a decline leaves a stolen card alive.

    Given the issuer declines with "43"
    And the issuer sends the script 71 with "CARD BLOCK"
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Declined" because "issuer declined"
    And the script results are "2000000001"

  @EMV-B3-6.5.3
  Scenario: CARD BLOCK
    A terminal that goes on with a card that its issuer has blocked takes stolen cards.

    Given the issuer sends the script 72 with "CARD BLOCK"
    When 2 purchases of 12.50 EUR are made one after the other
    Then the terminal shows "Declined" because "card is blocked"

  @EMV-B3-6.5.1
  Scenario: APPLICATION BLOCK
    A terminal that uses an application that its issuer has blocked undoes the issuer's work.

    Given the issuer sends the script 72 with "APPLICATION BLOCK"
    When 2 purchases of 12.50 EUR are made one after the other
    Then the terminal shows "Failed" because "card and terminal have no application in common"

  @EMV-B3-6.5.10
  Scenario: PIN UNBLOCK
    A terminal that does not pass on PIN UNBLOCK leaves the cardholder without a PIN.

    Given the card's data object 8E is "00000000 00000000 4100 1F00"
    And the cardholder enters a wrong PIN
    And the issuer sends the script 72 with "PIN UNBLOCK"
    When a purchase of 12.50 EUR is made
    Then the TVR is "0000200000"
    Given the cardholder enters the right PIN
    When a purchase of 12.50 EUR is made
    Then the TVR is "0000000000"
    And the CVM results are "410002"

  @EMV-B3-6.5.10
  Scenario: PIN CHANGE
    A terminal that changes a command under secure messaging on its way leaves the cardholder with a PIN that nobody knows.

    Given the card's data object 8E is "00000000 00000000 0100"
    And the cardholder enters the right PIN
    And the issuer sends the script 71 with "PIN CHANGE"
    When a purchase of 12.50 EUR is made
    Then the script results are "2000000001"
    Given the cardholder enters the new PIN
    And the issuer sends the script 71 with "PIN UNBLOCK"
    When a purchase of 12.50 EUR is made
    Then the CVM results are "010002"

  Scenario: scripts that are chained by their MACs
    A terminal that sends the commands of a script in another order breaks the chain of their MACs.

    Given a cardholder with a card "ccd-tdes-contact"
    And the issuer action codes of the card never match
    And the card's data object 8E is "00000000 00000000 1F00"
    And the issuer sends the scripts:
      | 71 | PIN UNBLOCK, PIN UNBLOCK |
      | 72 | PIN UNBLOCK              |
    When a purchase of 12.50 EUR is made
    Then the script results are "2000000001 2000000002"
    And the TVR is "0000000000"

  Scenario: no scripts without the issuer
    A terminal that keeps scripts for another time gives them to another card.

    Given the issuer cannot be reached
    And the issuer sends the script 72 with "PIN UNBLOCK"
    And the issuer cannot be reached
    When a purchase of 12.50 EUR is made
    Then the script results are "none"
    And the TSI is "E800"
