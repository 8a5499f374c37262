@terminal @contact @EMV-B3-10.7
Feature: Terminal action analysis
  What the TVR has in common with the action codes of issuer (IAC) and acquirer (TAC) decides: a refusal, a question to the issuer, or an approval.

  Background: a card that expired yesterday, TVR 0040000000
    Given a cardholder with a card "plain-contact"
    And a terminal "contact" whose own rules never match
    And the card's data object 5F24 is "261120"
    And the terminal's date is 2026-11-21

  Scenario Outline: denial <denial>, online <online>, default <default> of the <whose>, terminal type <type>: <asked>
    A terminal that mixes up its action codes approves what was to be refused, or asks nobody.

    Given the <whose>'s action codes are "<denial>", "<online>", "<default>"
    And the terminal's "type" is "<type>"
    When a purchase of 12.50 EUR is made
    Then the terminal asks for a <asked>
    And the kernel ends with "<outcome>"
    And the kernel says "<reason>"

    Examples: type 22 can go online, 21 always does, 23 never
      | whose    | denial     | online     | default    | type | asked | outcome  | reason                                                        |
      | acquirer | 0000000000 | 0000000000 | 0000000000 | 22   | TC    | Approved | approved offline                                              |
      | acquirer | 0040000000 | 0000000000 | 0000000000 | 22   | AAC   | Declined | terminal declined by its rules                                |
      | acquirer | 0000000000 | 0040000000 | 0000000000 | 22   | ARQC  | Approved | approved online                                               |
      | acquirer | 0000000000 | 0000000000 | 0040000000 | 22   | TC    | Approved | approved offline                                              |
      | acquirer | 0040000000 | 0040000000 | 0040000000 | 22   | AAC   | Declined | terminal declined by its rules                                |
      | acquirer | FFBFFFFFFF | FFBFFFFFFF | FFBFFFFFFF | 22   | TC    | Approved | approved offline                                              |
      | acquirer | 0000000000 | 0000000000 | 0000000000 | 21   | ARQC  | Approved | approved online                                               |
      | acquirer | 0040000000 | 0000000000 | 0000000000 | 21   | AAC   | Declined | terminal declined by its rules                                |
      | acquirer | 0000000000 | 0040000000 | 0000000000 | 23   | TC    | Approved | approved offline                                              |
      | acquirer | 0000000000 | 0000000000 | 0040000000 | 23   | AAC   | Declined | terminal declined by its rules                                |
      | issuer   | 0040000000 | 0000000000 | 0000000000 | 22   | AAC   | Declined | terminal declined by its rules                                |
      | issuer   | 0000000000 | 0040000000 | 0000000000 | 22   | ARQC  | Approved | approved online                                               |
      | issuer   | 0000000000 | 0000000000 | 0040000000 | 22   | TC    | Approved | approved offline                                              |
      | issuer   | 0000000000 | 0000000000 | 0040000000 | 23   | AAC   | Declined | terminal declined by its rules                                |
      | issuer   | 0000000000 | 0040000000 | 0000000000 | 23   | TC    | Approved | approved offline                                              |

  Scenario Outline: a card without <tag>, terminal type <type>
    A terminal that takes absent action codes for zeros approves in the name of issuers that wanted to be asked.

    Given the card has no data object <tag>
    And the terminal's "type" is "<type>"
    When a purchase of 12.50 EUR is made
    Then the terminal asks for a <asked>

    Examples: absent, online and default are all ones, denial is zeros
      | tag  | type | asked |
      | 9F0F | 22   | ARQC  |
      | 9F0D | 23   | AAC   |
      | 9F0D | 22   | TC    |
      | 9F0E | 22   | TC    |

  Scenario: nothing to object to, and a card without action codes
    A terminal that matches all ones with an empty TVR asks the issuer about everything.

    Given the card's data objects are:
      | 5F24 | 491231 |
      | 9F0D | none   |
      | 9F0E | none   |
      | 9F0F | none   |
    When a purchase of 12.50 EUR is made
    Then the TVR is "0000000000"
    And the terminal asks for a TC

  @EMV-B3-10.9
  Scenario Outline: the issuer cannot be reached, default <default>: <asked>
    A terminal that approves by itself what it was to ask about makes the acquirer pay.

    Given a cardholder with a card "plain-contact" that differs in:
      """
      applications:
        - risk: { unableOnline: approve }
      """
    And the card's data object 5F24 is "261120"
    And the terminal has:
      | TAC online  | 0040000000 |
      | TAC default | <default>  |
    And the issuer cannot be reached
    When a purchase of 12.50 EUR is made
    Then the terminal asks for an ARQC
    And the terminal then asks for a <asked>
    And GENERATE AC 2 tells the card 8A "<response code>"
    And the kernel ends with "<outcome>"
    And the kernel says "<reason>"

    Examples: Y3 5933 approved, Z3 5A33 declined, unable to go online
      | default    | asked | response code | outcome  | reason                         |
      | 0000000000 | TC    | 5933          | Approved | approved without the issuer    |
      | 0040000000 | AAC   | 5A33          | Declined | terminal declined by its rules |
      | FFBFFFFFFF | TC    | 5933          | Approved | approved without the issuer    |

  Scenario Outline: the card is told the decision: TAC denial <denial>
    A terminal that leaves the response code out, or tells the issuer's, says that somebody else decided.

    Given the card's data object 8C is "9F02 06 9F03 06 9F1A 02 95 05 5F2A 02 9A 03 9C 01 9F37 04 8A 02"
    And the terminal's "TAC denial" is "<denial>"
    When a purchase of 12.50 EUR is made
    Then GENERATE AC 1 tells the card 8A "<response code>"

    Examples: Y1 5931 approved offline, Z1 5A31 declined offline
      | denial     | response code |
      | 0000000000 | 5931          |
      | 0040000000 | 5A31          |
