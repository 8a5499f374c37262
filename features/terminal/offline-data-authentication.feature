@terminal @contact @EMV-B3-10.3
Feature: Offline data authentication
  The terminal proves, without the issuer, that the data of the card are the issuer's (SDA) and that the card is the one they were made for (DDA, CDA).

  Background:
    Given a cardholder with a card "plain-contact"
    And a terminal "contact" whose own rules never match

  Rule: the best method that both sides have

    @EMV-B2-6.6
    Scenario Outline: a card with AIP <AIP> at a terminal with capabilities <capabilities>: <method>
      A terminal that takes a weaker method than both sides have lets a copied card pass.

      Given the card's data object 82 is "<AIP>"
      And the terminal's "capabilities" is "<capabilities>"
      When a purchase of 12.50 EUR is made
      Then the terminal shows "Approved"
      And the terminal notes under "Offline data authentication": "<method>"
      And the TVR is "<TVR>"
      And the TSI is "<TSI>"

      Examples: byte 1 of the AIP: 40 SDA, 20 DDA, 01 CDA; byte 3 of the capabilities: 80 SDA, 40 DDA, 08 CDA
        | AIP  | capabilities | method                                     | TVR        | TSI  |
        | 7D00 | E0F8C8       | CDA selected                               | 0000000000 | E800 |
        | 7D00 | E0F808       | CDA selected                               | 0000000000 | E800 |
        | 3D00 | E0F8C8       | CDA selected                               | 0000000000 | E800 |
        | 7C00 | E0F8C8       | DDA selected                               | 0000000000 | E800 |
        | 7D00 | E0F8C0       | DDA selected                               | 0000000000 | E800 |
        | 7D00 | E0F840       | DDA selected                               | 0000000000 | E800 |
        | 5C00 | E0F8C8       | SDA selected                               | 0200000000 | E800 |
        | 5D00 | E0F8C0       | SDA selected                               | 0200000000 | E800 |
        | 7D00 | E0F880       | SDA selected                               | 0200000000 | E800 |
        | 5C00 | E0F848       | card and terminal have no method in common | 8000000000 | 6800 |
        | 1C00 | E0F8C8       | card and terminal have no method in common | 8000000000 | 6800 |
        | 7D00 | E0F800       | card and terminal have no method in common | 8000000000 | 6800 |

    @EMV-B2-6.6
    Scenario: CDA is asked for with GENERATE AC, without INTERNAL AUTHENTICATE
      A terminal that sends INTERNAL AUTHENTICATE to a card that it authenticates by CDA asks for two signatures where one is meant.

      When a purchase of 12.50 EUR is made
      Then the terminal did not send "0088"
      And the terminal sent "80AE50"
      And the terminal notes under "Offline data authentication": "CDA successful"

    @EMV-B2-6.6
    Scenario: a refusal of the terminal is not signed
      A terminal that says that it authenticated a card that it only refused tells the issuer of a proof that nobody has.

      Given the card's data object 5F24 is "201231"
      And the terminal's "TAC denial" is "0040000000"
      When a purchase of 12.50 EUR is made
      Then the terminal sent "80AE00"
      And the TVR is "8040000000"
      And the TSI is "6800"

    @EMV-B2-6.5
    Scenario: DDA signs what the DDOL asks for
      A terminal without a fresh unpredictable number in INTERNAL AUTHENTICATE accepts a signature that was recorded earlier.

      Given the terminal's "capabilities" is "E0F8C0"
      When a purchase of 12.50 EUR is made
      Then the terminal sent "00880000 04"
      And the terminal sent "80AE40"

    @EMV-B2-5.1 @EMV-B2-6.1
    Scenario Outline: keys of <authority>, <issuer> and <card> bits
      A terminal that cannot take every length of key that the specification allows refuses sound cards.

      Given a cardholder with a card "plain-contact" that differs in:
        """
        pki: { authority: <authority>, issuer: <issuer>, card: <card> }
        """
      And the terminal's "capabilities" is "<capabilities>"
      When a purchase of 12.50 EUR is made
      Then the terminal shows "Approved"
      And the TVR is "<TVR>"
      And the TSI is "E800"

      Examples: a longer card key does not leave room for a signed GENERATE AC; the longest issuer key none for the card's certificate
        | authority | issuer | card | capabilities | TVR        |
        | 1152      | 1152   | 1024 | E0F8C8       | 0000000000 |
        | 1408      | 1152   | 1152 | E0F8C8       | 0000000000 |
        | 1408      | 1408   | 1408 | E0F8C8       | 0000000000 |
        | 1984      | 1976   | 1640 | E0F8C8       | 0000000000 |
        | 1984      | 1976   | 1976 | E0F8C0       | 0000000000 |
        | 1984      | 1984   |      | E0F880       | 0200000000 |

  Rule: what is forged is found

    @EMV-B2-5.3 @EMV-B2-5.4 @EMV-B2-6.3 @EMV-B2-6.4
    Scenario Outline: one wrong bit in <tag>, <method>
      A terminal that does not see one wrong bit sees no forgery.

      Given one bit of the card's <tag> is wrong
      And the terminal's "capabilities" is "<capabilities>"
      When a purchase of 12.50 EUR is made
      Then the TVR is "<TVR>"
      And the TSI is "E800"
      And the terminal notes under "Offline data authentication": "<method> failed: <why>"

      Examples: the certificate of the issuer and its remainder
        | tag | method | capabilities | TVR        | why                                         |
        | 90  | SDA    | E0F880       | 4200000000 | recovered data trailer is not BC            |
        | 90  | DDA    | E0F8C0       | 0800000000 | recovered data trailer is not BC            |
        | 90  | CDA    | E0F8C8       | 0400000000 | recovered data trailer is not BC            |
        | 92  | SDA    | E0F880       | 4200000000 | hash is another than the recovered one      |
        | 92  | DDA    | E0F8C0       | 0800000000 | hash is another than the recovered one      |

      Examples: the signature over static data, and these data
        | tag  | method | capabilities | TVR        | why                                    |
        | 93   | SDA    | E0F880       | 4200000000 | what is recovered was never signed     |
        | 9F07 | SDA    | E0F880       | 4200000000 | hash is another than the recovered one |
        | 9F07 | DDA    | E0F8C0       | 0800000000 | hash is another than the recovered one |
        | 9F07 | CDA    | E0F8C8       | 0400000000 | hash is another than the recovered one |

      Examples: the certificate of the card and its remainder, the signature over dynamic data
        | tag  | method | capabilities | TVR        | why                                    |
        | 9F46 | DDA    | E0F8C0       | 0800000000 | what is recovered was never signed     |
        | 9F46 | CDA    | E0F8C8       | 0400000000 | what is recovered was never signed     |
        | 9F48 | DDA    | E0F8C0       | 0800000000 | hash is another than the recovered one |
        | 9F4B | DDA    | E0F8C0       | 0800000000 | what is recovered was never signed     |

    @EMV-B2-6.6
    Scenario: a wrong signature over an offline approval
      A terminal that approves on a TC whose signature is wrong pays for a forged card.

      Given a cardholder with a card "wrong-sdad"
      And the issuer action codes of the card never match
      And the card's data object 8E is "0000000000000000 1F00"
      And the card's data object 9F14 is "none"
      When a purchase of 12.50 EUR is made
      Then the terminal shows "Declined" because "terminal declined by its rules"
      And the TVR is "0400000000"
      And the TSI is "E800"
      And the cryptograms of the card are "TC"

    @EMV-B2-6.6
    Scenario: a wrong signature over an online request
      A terminal that sends an ARQC whose signature is wrong lets the issuer authorise a card that only the terminal knows to be forged.

      Given one bit of the card's 9F4B is wrong
      And the terminal's "type" is "21"
      When a purchase of 12.50 EUR is made
      Then the terminal shows "Declined" because "terminal declined by its rules"
      And the issuer was not asked
      And the cryptograms of the card are "ARQC AAC"
      And the TVR is "0400000000"

    @EMV-B2-6.6
    Scenario: an approval without the signature that was asked for
      A terminal that takes a plain TC where it asked for CDA can be told that the card has no CDA after all.

      Given commands that begin with "80AE50" get the answer "800B 40 0001 1122334455667788 9000"
      When a purchase of 12.50 EUR is made
      Then the terminal shows "Declined" because "terminal declined by its rules"
      And the TVR is "0400000000"

    Scenario: a list of static data that asks for more than the AIP
      A terminal that takes any tag in 9F4A authenticates other data than the issuer signed.

      Given one bit of the card's 9F4A is wrong
      And the terminal's "capabilities" is "E0F8C0"
      When a purchase of 12.50 EUR is made
      Then the TVR has "DDA failed"
      And the terminal notes under "Offline data authentication": "Static Data Authentication Tag List has another tag than 82"

    Scenario: no list of static data
      A terminal that always adds the AIP to the static data refuses cards that did not sign it.

      Given the card has no data object 9F4A
      When a purchase of 12.50 EUR is made
      Then the terminal shows "Approved"
      And the TVR is "0000000000"

  Rule: what is missing is told

    @EMV-B3-7.5
    Scenario Outline: no <tag>, <method>
      A terminal that passes over missing certificates lets a card choose not to be authenticated.

      Given the card has no data object <tag>
      And the terminal's "capabilities" is "<capabilities>"
      When a purchase of 12.50 EUR is made
      Then the TVR is "<TVR>"
      And the TSI is "E800"

      Examples:
        | tag  | method | capabilities | TVR        |
        | 8F   | SDA    | E0F880       | 6200000000 |
        | 90   | SDA    | E0F880       | 6200000000 |
        | 9F32 | SDA    | E0F880       | 6200000000 |
        | 93   | SDA    | E0F880       | 6200000000 |
        | 8F   | DDA    | E0F8C0       | 2800000000 |
        | 90   | DDA    | E0F8C0       | 2800000000 |
        | 9F32 | DDA    | E0F8C0       | 2800000000 |
        | 9F46 | DDA    | E0F8C0       | 2800000000 |
        | 9F47 | DDA    | E0F8C0       | 2800000000 |
        | 9F46 | CDA    | E0F8C8       | 2400000000 |

    @EMV-B2-6.5
    Scenario Outline: INTERNAL AUTHENTICATE is answered with <answer>
      A terminal that goes on without a signature does so as if DDA had been done.

      Given the terminal's "capabilities" is "E0F8C0"
      And commands that begin with "0088" get the answer "<answer>"
      When a purchase of 12.50 EUR is made
      Then the TVR is "<TVR>"

      Examples: no 9F4B, one byte of signature, one that is too short
        | answer           | TVR        |
        | 7700 9000        | 2800000000 |
        | 8000 9000        | 2800000000 |
        | 800100 9000      | 0800000000 |
        | 77049F4B0100 9000 | 0800000000 |

    @EMV-B2-6.5.1
    Scenario Outline: DDOL <DDOL>, default DDOL <default>
      A terminal that takes a DDOL without 9F37 accepts a signature that was recorded earlier.

      Given the card's data object 9F49 is "<DDOL>"
      And the terminal has:
        | capabilities | E0F8C0    |
        | default DDOL | <default> |
      When a purchase of 12.50 EUR is made
      Then the TVR is "<TVR>"

      Examples:
        | DDOL         | default | TVR        |
        | none         | 9F3704  | 0000000000 |
        | 9F37049F0206 | 9F3704  | 0000000000 |
        | 9F0206       | 9F3704  | 0800000000 |
        | none         | 9F0206  | 0800000000 |

  Rule: whom the terminal trusts

    @EMV-B2-5.2 @EMV-B2-11.2.2
    Scenario Outline: an authority key that expired on <expiry>
      A terminal that uses an authority key after its last day trusts keys that nobody guards any more.

      Given the terminal's CA key "E1" has the expiry "<expiry>"
      And the terminal's date is 2026-11-21
      When a purchase of 12.50 EUR is made
      Then the TVR is "<TVR>"

      Examples:
        | expiry | TVR        |
        | 261120 | 0400000000 |
        | 261121 | 0000000000 |

    @EMV-B2-11.2.2
    Scenario: an authority key with a wrong checksum
      A terminal that uses a key whose checksum is wrong trusts whoever could write to its key store.

      Given the terminal's CA key "E1" has a wrong checksum
      When a purchase of 12.50 EUR is made
      Then the TVR is "0400000000"
      And the terminal notes under "Offline data authentication": "checksum of the certification authority public key is wrong"

    @EMV-B2-5.2
    Scenario Outline: a terminal with the authority keys of <files>
      A terminal without the key of a card's authority cannot authenticate the card, and must not say that it did.

      Given the terminal's "CA keys" is "<files>"
      When a purchase of 12.50 EUR is made
      Then the TVR is "0400000000"
      And the terminal notes under "Offline data authentication": "no certification authority public key of this RID and index"

      Examples:
        | files           |
        | none            |
        | ca-keys-schemes |

    @EMV-B2-5.1.2
    Scenario Outline: certificate <serial> is revoked
      A terminal without an eye on the revocation list trusts an issuer key that has been stolen.

      Given the certificate "<serial>" under CA key "<key>" of "A000000004" is revoked
      When a purchase of 12.50 EUR is made
      Then the TVR is "<TVR>"

      Examples: the card's issuer has 000001 under E1
        | serial | key | TVR        |
        | 000001 | E1  | 0400000000 |
        | 000002 | E1  | 0000000000 |
        | 000001 | E0  | 0000000000 |

    @EMV-B2-5.3 @EMV-B2-6.3
    Scenario Outline: certificates that expire in <month>
      A terminal that takes certificates after their month trusts keys that may have been worn out.

      Given a cardholder with a card "plain-contact" that differs in:
        """
        pki: { expiry: <month> }
        """
      And the terminal's date is 2026-11-21
      When a purchase of 12.50 EUR is made
      Then the TVR is "<TVR>"

      Examples:
        | month | TVR        |
        | 1026  | 0400000000 |
        | 1126  | 0000000000 |
