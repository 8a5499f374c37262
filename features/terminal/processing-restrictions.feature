@terminal @contact @EMV-B3-10.4
Feature: Processing restrictions
  The terminal compares what the card is for with what is asked of it. What differs is told in the TVR, and decides nothing by itself.

  Background:
    Given a cardholder with a card "plain-contact"
    And a terminal "contact" whose own rules never match
    And the terminal's date is 2026-11-21

  @EMV-B3-10.4.1
  Scenario Outline: application version <card> in the card, <terminal> in the terminal
    A terminal that is silent about another version lets card and terminal misunderstand each other.

    Given the card's data object 9F08 is "<card>"
    And the terminal's "version" is "<terminal>"
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Approved"
    And the TVR is "<TVR>"

    Examples: a card without a version is taken to have the terminal's
      | card | terminal | TVR        |
      | 0002 | 0002     | 0000000000 |
      | 0003 | 0002     | 0080000000 |
      | 0002 | 0003     | 0080000000 |
      | none | 0002     | 0000000000 |

  @EMV-B3-10.4.3
  Scenario Outline: <what>
    A terminal that counts the days wrongly takes dead cards, or refuses living ones.

    Given the card's data object <tag> is "<date>"
    When a purchase of 12.50 EUR is made
    Then the TVR is "<TVR>"

    Examples:
      | what                              | tag  | date   | TVR        |
      | the card expired yesterday        | 5F24 | 261120 | 0040000000 |
      | the card expires today            | 5F24 | 261121 | 0000000000 |
      | the card expired last century     | 5F24 | 991231 | 0040000000 |
      | the card is effective tomorrow    | 5F25 | 261122 | 0020000000 |
      | the card is effective today       | 5F25 | 261121 | 0000000000 |
      | effective since the last century  | 5F25 | 500101 | 0000000000 |
      | the card has no effective date    | 5F25 | none   | 0000000000 |

  @EMV-B3-10.4.2
  Scenario Outline: a purchase with usage control <usage> in country <country>
    A terminal that does not look at the usage control sells where the issuer does not want it.

    Given the card's data objects are:
      | 9F07 | <usage>  |
      | 5F28 | <issuer> |
    And the terminal's "country" is "<country>"
    When a purchase of 12.50 EUR is made
    Then the TVR is "<TVR>"

    Examples: byte 1: 20 domestic goods, 10 international goods, 08 domestic services, 04 international services, 01 terminals other than ATMs
      | usage | issuer | country | TVR        |
      | FFC0  | 0276   | 0276    | 0000000000 |
      | FEC0  | 0276   | 0276    | 0010000000 |
      | FDC0  | 0276   | 0276    | 0000000000 |
      | 2100  | 0276   | 0276    | 0000000000 |
      | 0900  | 0276   | 0276    | 0000000000 |
      | 1500  | 0276   | 0276    | 0010000000 |
      | 2900  | 0276   | 0250    | 0010000000 |
      | 1100  | 0276   | 0250    | 0000000000 |
      | 0500  | 0276   | 0250    | 0000000000 |
      | 0100  | none   | 0276    | 0000000000 |
      | none  | 0276   | 0276    | 0000000000 |

  @EMV-B3-10.4.2
  Scenario Outline: cash with usage control <usage> at a terminal of type <type> in country <country>
    A terminal that gives cash on a card that is not for cash gives it away.

    Given the card's data object 9F07 is "<usage>"
    And the terminal has:
      | type                    | <type>       |
      | country                 | <country>    |
      | additional capabilities | <additional> |
    When 50.00 EUR of cash is withdrawn
    Then the TVR is "<TVR>"

    Examples: byte 1: 80 domestic cash, 40 international cash, 02 ATMs, 01 other terminals; type 14 (of a bank) with cash is an ATM; without it, or of a merchant (24), it is none
      | usage | type | country | additional | TVR        |
      | 8100  | 22   | 0276    | E000F0A001 | 0000000000 |
      | 3F00  | 22   | 0276    | E000F0A001 | 0010000000 |
      | 8100  | 22   | 0250    | E000F0A001 | 0010000000 |
      | 4100  | 22   | 0250    | E000F0A001 | 0000000000 |
      | 8200  | 14   | 0276    | 8000F0A001 | 0000000000 |
      | 8100  | 14   | 0276    | 8000F0A001 | 0010000000 |
      | 8100  | 14   | 0276    | 6000F0A001 | 0000000000 |
      | 8100  | 24   | 0276    | 8000F0A001 | 0000000000 |

  @EMV-B3-10.4.2
  Scenario Outline: cashback with usage control <usage> in country <country>
    A terminal that gives cashback on a card that is not for it gives it away.

    Given the card's data object 9F07 is "<usage>"
    And the terminal's "country" is "<country>"
    When a purchase of 32.50 EUR is made with 20.00 EUR of cashback
    Then the TVR is "<TVR>"

    Examples: byte 2: 80 domestic cashback, 40 international cashback
      | usage | country | TVR        |
      | FF80  | 0276    | 0000000000 |
      | FF40  | 0276    | 0010000000 |
      | FF40  | 0250    | 0000000000 |
      | FF80  | 0250    | 0010000000 |
      | FF00  | 0276    | 0010000000 |
