@terminal @contact @EMV-B3-10.9
Feature: Online processing
  The terminal hands the card's question to the issuer, and the issuer's answer to the card.

  Background: a terminal that always asks
    Given a cardholder with a card "plain-contact"
    And a terminal "contact" whose own rules never match
    And the terminal's "type" is "21"

  Scenario: the issuer approves
    A terminal that does not let the card confirm the issuer's approval leaves the transaction open.

    Given the issuer approves
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Approved"
    And the kernel says "approved online"
    And the issuer was asked
    And the cryptograms of the card are "ARQC TC"
    And the TSI is "F800"
    And GENERATE AC 2 tells the card 8A "3030"

  Scenario Outline: the issuer declines with <code>
    A terminal that takes a decline for anything else pays without the issuer.

    Given the issuer declines with "<code>"
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Declined" because "issuer declined"
    And the kernel says "response code <code>"
    And the cryptograms of the card are "ARQC AAC"
    And GENERATE AC 2 tells the card 8A "<8A>"

    Examples: ISO 8583: do not honour, insufficient funds, lost card
      | code | 8A   |
      | 05   | 3035 |
      | 51   | 3531 |
      | 41   | 3431 |

  Scenario: no issuer knows the card
    A terminal that shows such a card as broken sends its holder away without a reason.

    Given the issuer does not know the card
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Declined" because "card is not known to an issuer"
    And the cryptograms of the card are "ARQC AAC"

  Scenario: the issuer cannot be reached, and the terminal only works online
    A terminal without a line that approves by itself has been told not to.

    Given the issuer cannot be reached
    And the terminal's "TAC default" is "0000000000"
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Declined" because "card declined"
    And the cryptograms of the card are "ARQC AAC"

  Scenario: a cryptogram that is not the card's
    A terminal that approves although the issuer found the cryptogram wrong pays for a copied card.

    Given one bit of the card's 9F26 is wrong
    And the terminal's "capabilities" is "E0F8C0"
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Declined" because "cryptogram is not the card's"
    And the issuer was asked
    And the cryptograms of the card are "ARQC AAC"

  Scenario: what the issuer is told
    A terminal that leaves out what the cryptogram was made over lets no issuer check it.

    When a purchase of 12.50 EUR is made
    Then the issuer was told 9F27 "80"
    And the issuer was told 9F36 "0001"
    And the issuer was told 95 "0000000000"
    And the issuer was told 82 "7D00"
    And the issuer was told 9F02 "000000001250"
    And the issuer was told 9F03 "000000000000"
    And the issuer was told 5F2A "0978"
    And the issuer was told 9F1A "0276"
    And the issuer was told 9A "261121"
    And the issuer was told 9C "00"
    And the issuer was told 9F34 "1F0002"
    And the issuer got no enciphered PIN

  Scenario Outline: the issuer of a card of the family <family>
    A terminal that changes what it sends between card and issuer breaks the cryptogram of every card.

    Given a cardholder with a card "plain-contact" that differs in:
      """
      applications:
        - generateAc: { cryptogram: <family> }
          data: { 8D: 8A 02 95 05 9F37 04 }
      """
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Approved"
    And the kernel says "approved online"
    And the TSI is "F800"
    And the TVR is "0000000000"

    Examples: each has its own keys, cryptogram and issuer authentication
      | family       |
      | mchip-cvn-16 |
      | mchip-cvn-17 |
      | mchip-cvn-20 |
      | mchip-cvn-21 |
      | visa-cvn-10  |
      | visa-cvn-18  |
      | visa-cvn-22  |
      | ccd-tdes     |
      | ccd-aes      |
