@terminal @contact @EMV-B3-10.5
Feature: Cardholder verification
  The terminal goes through the card's CVM List: the first rule whose condition holds and whose method it has is applied; when it fails, the rule says
  whether the next one may be tried. CVM Results (9F34): method, condition, 00 unknown, 01 failed, 02 successful.

  Background:
    Given a cardholder with a card "plain-contact"
    And a terminal "contact" whose own rules never match

  Rule: methods without a PIN

    @EMV-B4-6.3.4 @EMV-B3-10.5.3 @EMV-B3-10.5.5
    Scenario Outline: rules <rules>
      A terminal that stops too early or goes on too long lets a cardholder go unverified, or turns away one who could be.

      Given the card's data object 8E is "00000000 00000000 <rules>"
      When a purchase of 12.50 EUR is made
      Then the TVR is "<TVR>"
      And the TSI is "E800"
      And the CVM results are "<results>"
      And the terminal shows "Approved"

      Examples: 1F no CVM, 1E signature, 00 fail, 2A reserved; 40 more: go on when it fails; 0A is a reserved condition, 01, 04 and 05 do not hold
        | rules          | TVR        | results |
        | 1F00           | 0000000000 | 1F0002  |
        | 1E00           | 0000000000 | 1E0000  |
        | 5E00 1F00      | 0000000000 | 5E0000  |
        | 0000           | 0000800000 | 000001  |
        | 4000 1F00      | 0000000000 | 1F0002  |
        | 2A00           | 0000C00000 | 3F0001  |
        | 2A00 1F00      | 0000C00000 | 3F0001  |
        | 6A00 1F00      | 0000400000 | 1F0002  |
        | 1F0A           | 0000800000 | 3F0001  |
        | 1F0A 1E00      | 0000000000 | 1E0000  |
        | 1F01 1F04 1F05 | 0000800000 | 3F0001  |

    @EMV-B3-10.5.5
    Scenario Outline: rule <rule> of a list with X 10.00 and Y 20.00, a purchase of <amount>
      A terminal that compares amounts wrongly lets large amounts pass where only small ones should.

      Given the card's data object 8E is "000003E8 000007D0 <rule>"
      When a purchase of <amount> is made
      Then the TVR is "<TVR>"
      And the CVM results are "<results>"

      Examples: 06 under X, 07 over X, 08 under Y, 09 over Y, all in the card's currency, EUR; equal is neither
        | rule | amount    | TVR        | results |
        | 1F06 | 9.99 EUR  | 0000000000 | 1F0602  |
        | 1F06 | 10.00 EUR | 0000800000 | 3F0001  |
        | 1F06 | 9.99 USD  | 0000800000 | 3F0001  |
        | 1F07 | 10.00 EUR | 0000800000 | 3F0001  |
        | 1F07 | 10.01 EUR | 0000000000 | 1F0702  |
        | 1F07 | 10.01 USD | 0000800000 | 3F0001  |
        | 1F08 | 19.99 EUR | 0000000000 | 1F0802  |
        | 1F08 | 20.00 EUR | 0000800000 | 3F0001  |
        | 1F09 | 20.00 EUR | 0000800000 | 3F0001  |
        | 1F09 | 20.01 EUR | 0000000000 | 1F0902  |

    @EMV-B3-10.5.5
    Scenario: a rule about amounts of a card that does not say its currency
      A terminal that takes any currency for the card's compares amounts that cannot be compared.

      Given the card's data objects are:
        | 8E   | 000003E8 000007D0 1F06 |
        | 9F42 | none                   |
      When a purchase of 1.00 EUR is made
      Then the TVR is "0000800000"
      And the CVM results are "3F0001"

    @EMV-B3-10.5.5
    Scenario Outline: rule <rule>, a purchase
      A terminal that mistakes what is being paid applies the rules of another kind of transaction.

      Given the card's data object 8E is "00000000 00000000 <rule>"
      When a purchase of 12.50 EUR is made
      Then the CVM results are "<results>"

      Examples: 02 neither cash nor cashback, 05 cashback
        | rule | results |
        | 1F02 | 1F0202  |
        | 1F05 | 3F0001  |

    @EMV-B3-10.5.5
    Scenario Outline: rule <rule>, cash at a terminal of type <type>
      A terminal that mistakes manual cash for unattended cash applies the rules of the other.

      Given the card's data object 8E is "00000000 00000000 <rule>"
      And the terminal's "type" is "<type>"
      When 50.00 EUR of cash is withdrawn
      Then the CVM results are "<results>"

      Examples: 01 unattended cash, 02 neither cash nor cashback, 04 manual cash; type 25 is unattended
        | rule | type | results |
        | 1F01 | 22   | 3F0001  |
        | 1F02 | 22   | 3F0001  |
        | 1F04 | 22   | 1F0402  |
        | 1F01 | 25   | 1F0102  |
        | 1F02 | 25   | 3F0001  |
        | 1F04 | 25   | 3F0001  |

    @EMV-B3-10.5.5
    Scenario Outline: rule <rule>, a purchase with cashback
      A terminal that does not tell cashback from a purchase gives cash without the verification that the issuer asks for.

      Given the card's data object 8E is "00000000 00000000 <rule>"
      When a purchase of 32.50 EUR is made with 20.00 EUR of cashback
      Then the CVM results are "<results>"

      Examples:
        | rule | results |
        | 1F02 | 3F0001  |
        | 1F05 | 1F0502  |

    @EMV-B3-10.5.5 @EMV-B4-6.3.4
    Scenario Outline: rules <rules> at a terminal with capabilities <capabilities>
      A terminal that claims methods that it does not have verifies nobody.

      Given the card's data object 8E is "00000000 00000000 <rules>"
      And the terminal's "capabilities" is "<capabilities>"
      When a purchase of 12.50 EUR is made
      Then the TVR is "<TVR>"
      And the CVM results are "<results>"

      Examples: byte 2: 80 plaintext PIN, 40 online PIN, 20 signature, 10 enciphered PIN, 08 no CVM; condition 03 asks whether the terminal has the method
        | rules          | capabilities | TVR        | results |
        | 4103 1F00      | E068C8       | 0000000000 | 1F0002  |
        | 4203 1F00      | E0B8C8       | 0000000000 | 1F0002  |
        | 4403 1F00      | E0E8C8       | 0000000000 | 1F0002  |
        | 5E03 1F00      | E0D8C8       | 0000000000 | 1F0002  |
        | 4303 1F00      | E0D8C8       | 0000000000 | 1F0002  |
        | 4503 1F00      | E0D8C8       | 0000000000 | 1F0002  |
        | 4100 1F00      | E068C8       | 0000100000 | 1F0002  |
        | 4200 1F00      | E0B8C8       | 0000100000 | 1F0002  |
        | 1E00           | E0D8C8       | 0000800000 | 3F0001  |
        | 1F00           | E0F0C8       | 0000800000 | 3F0001  |

  Rule: nothing to go through

    @EMV-B4-6.3.4
    Scenario: a card that does not want cardholder verification
      A terminal that asks for a PIN which the card cannot check stops every payment with it.

      Given the card's data object 82 is "6D00"
      When a purchase of 12.50 EUR is made
      Then the TVR is "0000000000"
      And the TSI is "A800"
      And the CVM results are "3F0000"

    Scenario Outline: the CVM List is <list>
      A terminal that takes a missing list for permission skips verification of a broken card without a trace.

      Given the card's data object 8E is "<list>"
      When a purchase of 12.50 EUR is made
      Then the TVR is "2000000000"
      And the TSI is "A800"
      And the CVM results are "3F0000"

      Examples:
        | list              |
        | none              |
        | 00000000 00000000 |

    @EMV-B3-7.5
    Scenario Outline: a CVM List of <list>
      A terminal that reads half a rule makes up the other half.

      Given the card's data object 8E is "<list>"
      When a purchase of 12.50 EUR is made
      Then the terminal shows "Failed" because "card answered with data that breaks the specification"

      Examples:
        | list                 |
        | 00000000 00000000 1F |
        | 00000000 000000      |

  Rule: offline PIN

    Background:
      Given the cardholder enters the right PIN

    @EMV-B3-10.5.1 @EMV-B3-10.5.4
    Scenario Outline: rules <rules>, and the cardholder enters <entries>
      A terminal that does not tell apart a wrong PIN, none and a broken PIN pad tells the issuer something else than what happened.

      Given the card's data object 8E is "00000000 00000000 <rules>"
      And the cardholder enters <entries>
      When a purchase of 12.50 EUR is made
      Then the TVR is "<TVR>"
      And the TSI is "E800"
      And the CVM results are "<results>"

      Examples: 01 plaintext PIN; the card allows three tries
        | rules          | entries                               | TVR        | results |
        | 0100           | the right PIN                         | 0000000000 | 010002  |
        | 0100           | a wrong PIN, the right PIN            | 0000000000 | 010002  |
        | 0100           | a wrong PIN, a wrong PIN, the right PIN | 0000000000 | 010002  |
        | 0100           | a wrong PIN                           | 0000A00000 | 010001  |
        | 4100 1F00      | a wrong PIN                           | 0000200000 | 1F0002  |
        | 0100           | no PIN                                | 0000880000 | 010001  |
        | 0100           | a wrong PIN, no PIN                   | 0000880000 | 010001  |
        | 4100 4400 1F00 | no PIN                                | 0000080000 | 1F0002  |
        | 4100 4400 1F00 | no PIN, the right PIN                 | 0000080000 | 1F0002  |

      Examples: 03 plaintext PIN and signature, 04 enciphered PIN, 05 enciphered PIN and signature
        | rules          | entries                    | TVR        | results |
        | 0300           | the right PIN              | 0000000000 | 030000  |
        | 0300           | a wrong PIN                | 0000A00000 | 030001  |
        | 0400           | the right PIN              | 0000000000 | 040002  |
        | 0400           | a wrong PIN, the right PIN | 0000000000 | 040002  |
        | 0400           | a wrong PIN                | 0000A00000 | 040001  |
        | 0400           | no PIN                     | 0000880000 | 040001  |
        | 0500           | the right PIN              | 0000000000 | 050000  |
        | 4400 0100      | a wrong PIN                | 0000A00000 | 010001  |

    @EMV-B3-10.5.1
    Scenario Outline: the PIN pad does not work, rules <rules>
      A terminal with a broken PIN pad must say so, or the issuer believes that a PIN was entered.

      Given the card's data object 8E is "00000000 00000000 <rules>"
      And the PIN pad does not work
      When a purchase of 12.50 EUR is made
      Then the TVR is "<TVR>"
      And the CVM results are "<results>"
      And the terminal did not send "0020"

      Examples:
        | rules     | TVR        | results |
        | 0100      | 0000900000 | 010001  |
        | 0400      | 0000900000 | 040001  |
        | 4100 1F00 | 0000100000 | 1F0002  |

    @EMV-B3-10.5.1 @EMV-B3-6.5.12
    Scenario: no tries are left from an earlier payment
      A terminal that asks for a PIN which the card will not look at lets the cardholder type it for nothing.

      Given the card's data object 8E is "00000000 00000000 0100"
      And the cardholder enters a wrong PIN
      When 2 purchases of 12.50 EUR are made one after the other
      Then the TVR is "0000A00000"
      And the CVM results are "010001"
      And the terminal sent "80CA9F17"
      And the terminal did not send "0020"

    @EMV-B3-10.5.1
    Scenario: no tries are left, and the card does not tell
      A terminal that goes by the try counter alone never learns that the PIN is blocked.

      Given the card's data object 8E is "00000000 00000000 0100"
      And commands that begin with "80CA9F17" get the answer "6A88"
      And the cardholder enters a wrong PIN
      When 2 purchases of 12.50 EUR are made one after the other
      Then the TVR is "0000A00000"
      And the CVM results are "010001"
      And the terminal sent "0020"
      And the terminal notes under "PIN": "VERIFY: 6983"

    @EMV-B3-10.5.1
    Scenario Outline: VERIFY is answered with <answer>
      A terminal that takes an answer it does not know for success verifies whoever breaks the card.

      Given the card's data object 8E is "00000000 00000000 0100"
      And commands that begin with "0020" get the answer "<answer>"
      When a purchase of 12.50 EUR is made
      Then the TVR is "<TVR>"
      And the CVM results are "010001"
      And the terminal sent "0020" 1 time

      Examples:
        | answer | TVR        |
        | 6984   | 0000A00000 |
        | 6983   | 0000A00000 |
        | 63C0   | 0000A00000 |
        | 6A80   | 0000800000 |
        | 6D00   | 0000800000 |

    @EMV-B2-7.1 @EMV-B2-7.2
    Scenario: a card with a key for PIN encipherment of its own
      A terminal that enciphers with the wrong key sends the card a PIN that it cannot read.

      Given a cardholder with a card "offline-pin"
      And the issuer action codes of the card never match
      When a purchase of 12.50 EUR is made
      Then the terminal shows "Approved"
      And the CVM results are "440302"
      And the terminal sent "0084"
      And the terminal sent "00200088 80"

    @EMV-B2-7.1
    Scenario: the key for PIN encipherment is not proved
      A terminal that enciphers with a key of anybody hands out the PIN.

      Given a cardholder with a card "offline-pin"
      And the issuer action codes of the card never match
      And the card's data object 8E is "00000000 00000000 0400"
      And one bit of the card's 9F2D is wrong
      When a purchase of 12.50 EUR is made
      Then the TVR is "0000800000"
      And the CVM results are "040001"
      And the terminal did not send "0020"
      And the terminal notes under "PIN": "cannot be enciphered"

    @EMV-B2-7.2
    Scenario Outline: GET CHALLENGE is answered with <answer>
      A terminal that enciphers without a fresh number of the card sends something that can be sent again.

      Given the card's data object 8E is "00000000 00000000 0400"
      And commands that begin with "0084" get the answer "<answer>"
      When a purchase of 12.50 EUR is made
      Then the TVR is "0000800000"
      And the CVM results are "040001"
      And the terminal did not send "0020"

      Examples:
        | answer         |
        | 11223344 9000  |
        | 6D00           |

  Rule: online PIN

    Background:
      Given the card's data object 8E is "00000000 00000000 0200"
      And the terminal's "TAC online" is "0000040000"

    @EMV-B3-10.5.2
    Scenario: the issuer checks the PIN
      A terminal that does not send the PIN along lets the issuer approve without it.

      Given the cardholder enters the right PIN
      When a purchase of 12.50 EUR is made
      Then the terminal shows "Approved"
      And the issuer got an enciphered PIN
      And the TVR is "0000040000"
      And the CVM results are "020000"

    @EMV-B3-10.5.2
    Scenario: the issuer finds another PIN
      A terminal that approves although the issuer refused the PIN makes the PIN worthless.

      Given the cardholder enters a wrong PIN
      When a purchase of 12.50 EUR is made
      Then the terminal shows "Declined" because "issuer declined"
      And the kernel says "response code 55"
      And the TVR is "0000040000"

    @EMV-B3-10.5.2
    Scenario Outline: <what>
      A terminal that says that a PIN was entered when none was lets the issuer look for it in vain.

      Given <act>
      When a purchase of 12.50 EUR is made
      Then the TVR is "<TVR>"
      And the CVM results are "020001"

      Examples:
        | what                      | act                           | TVR        |
        | the cardholder passes it over | the cardholder enters no PIN  | 0000880000 |
        | the PIN pad does not work | the PIN pad does not work     | 0000900000 |
