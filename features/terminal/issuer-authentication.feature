@terminal @contact @EMV-B3-10.9 @EMV-B3-6.5.4
Feature: Issuer authentication
  The issuer proves itself to the card by a cryptogram of its own (tag 91), which the terminal carries and cannot make.

  Background: a terminal that always asks
    Given a cardholder with a card "plain-contact"
    And a terminal "contact" whose own rules never match
    And the terminal's "type" is "21"

  @EMV-B2-8.2
  Scenario: the issuer proves itself
    A terminal that keeps the issuer's proof to itself makes every card with mandatory issuer authentication refuse.

    Given the issuer sends right authentication data
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Approved"
    And the terminal sent "00820000 0A"
    And the TVR is "0000000000"
    And the TSI is "F800"

  @EMV-B2-8.2
  Scenario: somebody else answers for the issuer
    A terminal that approves although the card did not believe the issuer takes orders from the network.

    Given the issuer sends wrong authentication data
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Declined" because "card declined"
    And the TVR is "0000000040"
    And the TSI is "F800"
    And GENERATE AC 2 tells the card 95 "0000000040"
    And the cryptograms of the card are "ARQC AAC"

  Scenario: the issuer sends no proof
    A terminal that makes up a proof, or says that there was one, spoils the card's account of what happened.

    Given the issuer sends no authentication data
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Approved"
    And the terminal did not send "0082"
    And the TVR is "0000000000"
    And the TSI is "E800"

  Scenario: the card wants a proof, and there is none
    A terminal that approves after the card's refusal does not listen to it.

    Given a cardholder with a card "plain-contact" that differs in:
      """
      applications:
        - risk: { issuerAuthentication: mandatory }
      """
    And the issuer sends no authentication data
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Declined" because "card declined"
    And the kernel says "at the second GENERATE AC"

  Scenario: a card without EXTERNAL AUTHENTICATE takes the proof with the second GENERATE AC
    A terminal that sends EXTERNAL AUTHENTICATE to a card that says that it has none is answered 6D00 and blames the issuer.

    Given the card's data object 82 is "7900"
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Approved"
    And the terminal did not send "0082"
    And the TVR is "0000000000"
    And the TSI is "E800"

  @EMV-B2-8.2.2
  Scenario: a card of the Common Core Definitions, which always takes it with the second GENERATE AC
    A terminal that puts the proof into CDOL2 in another form than it came breaks the card's check.

    Given a cardholder with a card "ccd-tdes-contact"
    And the issuer action codes of the card never match
    And the card's data object 8E is "00000000 00000000 1F00"
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Approved"
    And the TSI is "E800"

  Scenario: the same card, and somebody else answers for the issuer
    A terminal that cannot know that the card refused the issuer must go by the card's last word.

    Given a cardholder with a card "ccd-tdes-contact"
    And the issuer action codes of the card never match
    And the card's data object 8E is "00000000 00000000 1F00"
    And the issuer sends wrong authentication data
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Declined" because "card declined"

  Scenario Outline: <bytes> bytes of authentication data
    A terminal that sends what EXTERNAL AUTHENTICATE cannot carry is at the mercy of whatever the network sends.

    Given the issuer sends <bytes> bytes of authentication data
    When a purchase of 12.50 EUR is made
    Then the terminal <sends> "0082"
    And the TVR is "0000000040"
    And the TSI is "<TSI>"

    Examples: 8 to 16 are allowed; this card takes 10
      | bytes | sends        | TSI  |
      | 0     | did not send | E800 |
      | 7     | did not send | E800 |
      | 8     | sent         | F800 |
      | 16    | sent         | F800 |
      | 17    | did not send | E800 |
      | 200   | did not send | E800 |

  Scenario Outline: EXTERNAL AUTHENTICATE is answered with <answer>
    A terminal that takes any answer but 9000 for success lets the card's doubts go unheard.

    Given commands that begin with "0082" get the answer "<answer>"
    When a purchase of 12.50 EUR is made
    Then the TVR is "0000000040"
    And the TSI is "F800"

    Examples:
      | answer |
      | 6300   |
      | 6985   |
      | 6D00   |
