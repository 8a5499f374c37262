@hsm
Feature: Cards of the schemes at the payment HSM
  Card values and the cryptograms of the schemes, made and checked under the issuer's keys in the token.

  Background:
    Given a payment HSM on "SoftHSM2" that holds no key in the memory of its signers

  Rule: CVV, iCVV, CVV2 and the dynamic CVV

    Scenario Outline: <kind> of the published card <id>
      When the <kind> of the published card "<id>" is made
      Then the HSM answers "<value>"
      And the key was "in token" all the time
      When the <kind> of the published card "<id>" is checked as "<value>"
      Then the answer is yes
      When the <kind> of the published card "<id>" is checked as "<other>"
      Then the answer is no
      And the journal holds no key of this scenario

      Examples:
        | kind | id     | value | other |
        | cvv  | cvv-1  | 361   | 362   |
        | cvv  | cvv-3  | 453   | 045   |
        | cvv  | cvv-5  | 856   | 85    |
        | icvv | icvv-1 | 651   | 856   |
        | icvv | icvv-4 | 538   | 5380  |
        | cvv2 | cvv2-1 | 122   | 636   |
        | cvv2 | cvv2-4 | 101   | 395   |
        | dcvv | dcvv-1 | 422   | 423   |

    Scenario: an expiry of three digits
      Given a generated "card verification" key "cvk" of tdes-2
      When key "cvk" makes a CVV of the expiry "291"
      Then the HSM refuses with INVALID_INPUT_DATA: "expected expiry of 4 decimal digits, got 3 characters…"

    Scenario: a MAC key asked for a card value
      Given a generated "MAC" key "m" of tdes-2
      When key "m" makes a CVV of the expiry "2912"
      Then the HSM refuses with KEY_WRONG_USAGE: 'expected key "m" to make card values, got one of usage "MAC"'

  Rule: a cryptogram is checked, and answered when it is right (EMV 4.4 Book 2, 8)

    Scenario Outline: published profile <id>
      Given the cryptogram of the published profile "<id>"
      When it is checked and answered
      Then the answer is what software computes with the same key
      And the key was "in token" all the time
      When it is checked with bit 0 of its cryptogram changed
      Then the HSM answers "INVALID_ARQC"

      Examples:
        | id             |
        | visa-cvn10     |
        | visa-cvn22     |
        | interac-cvn133 |
        | mc-cvn17       |
        | mc-cvn21       |

    Scenario Outline: <family> under an issuer master key of <algorithm>, ARPC by method <method>
      Given a cryptogram of a <family> card under an issuer master key of <algorithm>
      When it is checked and answered
      Then the answer is what software computes with the same key
      And the key was "in token" all the time
      When it is checked with bit 7 of its 9F02 changed
      Then the HSM answers "INVALID_ARQC"
      And the journal says INVALID_ARQC of the last operation
      When it is checked with bit 63 of its cryptogram changed
      Then the HSM answers "INVALID_ARQC"
      When it is checked as of card sequence number "02"
      Then the HSM answers "INVALID_ARQC"
      When it is checked without 9F37
      Then the HSM answers "INVALID_INPUT_DATA"
      And the journal holds no key of this scenario

      Examples:
        | family          | algorithm | method |
        | ccd-tdes        | tdes-2    | 2      |
        | ccd-aes         | aes-128   | 2      |
        | ccd-aes         | aes-192   | 2      |
        | ccd-aes         | aes-256   | 2      |
        | visa-cvn-10     | tdes-2    | 1      |
        | visa-cvn-18     | tdes-2    | 2      |
        | visa-cvn-22     | tdes-2    | 2      |
        | mchip-cvn-16    | tdes-2    | 1      |
        | mchip-cvn-17    | tdes-2    | 1      |
        | mchip-cvn-20    | tdes-2    | 1      |
        | mchip-cvn-21    | tdes-2    | 1      |
        | interac-cvn-133 | tdes-2    | 1      |

    Scenario: a response of another length than the method's
      Given a cryptogram of a visa-cvn-10 card under an issuer master key of tdes-2
      When it is answered with 3 bytes
      Then the HSM refuses with INVALID_INPUT_DATA: "expected a response of 2 to 2 bytes, got 3…"

    Scenario: a key of another cipher than the family's
      Given a cryptogram of a visa-cvn-10 card under an issuer master key of tdes-2
      And a generated "issuer master, cryptograms" key "aes" of aes-128
      When it is checked with key "aes"
      Then the HSM refuses with KEY_WRONG_TYPE: 'expected key "aes" of tdes-2, got aes-128'

    Scenario: a key of another usage
      Given a cryptogram of a ccd-tdes card under an issuer master key of tdes-2
      And a generated "card verification" key "cvk" of tdes-2
      When it is checked with key "cvk"
      Then the HSM refuses with KEY_WRONG_USAGE: 'expected key "cvk" to derive card keys, got one of usage "card verification"'
