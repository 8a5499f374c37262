@hsm
Feature: PINs in the payment HSM
  A PIN block comes and goes enciphered; the clear PIN is in a signer while it works and nowhere else. What came in a block decides the outcome,
  which is a word and no refusal.

  Background:
    Given a payment HSM on "SoftHSM2"

  Rule: translation keeps the PIN, and the PAN that it is bound to

    Scenario Outline: published block <id>
      When the block of the published translation "<id>" is translated
      Then the answer is what software computes with the same key
      And the key was "clear in signer" all the time
      And the journal holds no key of this scenario

      Examples:
        | id    |
        | xl-0  |
        | xl4-0 |
        | xl4-3 |

    Scenario: published block of another PAN
      When the block of the published translation "xl-9" is translated
      Then the HSM answers "pan_changed"

    Scenario Outline: format <from> under <in> to format <to> under <out> (PCI PIN 3-3)
      Given an imported "PIN working" key "in" of <in>
      And an imported "PIN working" key "out" of <out>
      When a block of format <from> with the PIN <pin> is translated from "in" to format <to> under "out"
      Then the HSM answers "<answer>"

      Examples:
        | from | in      | to | out     | pin          | answer             |
        | 0    | tdes-2  | 0  | tdes-3  | 1234         | 1234               |
        | 0    | tdes-2  | 3  | tdes-2  | 98765        | 98765              |
        | 0    | tdes-3  | 4  | aes-128 | 123456789012 | 123456789012       |
        | 1    | tdes-2  | 0  | tdes-2  | 4711         | 4711               |
        | 1    | tdes-2  | 1  | tdes-2  | 00000        | 00000              |
        | 1    | tdes-2  | 3  | tdes-2  | 4711         | 4711               |
        | 1    | tdes-2  | 4  | aes-256 | 4711         | 4711               |
        | 3    | tdes-2  | 0  | tdes-2  | 8080         | 8080               |
        | 3    | tdes-2  | 3  | tdes-2  | 8080         | 8080               |
        | 3    | tdes-2  | 4  | aes-192 | 8080         | 8080               |
        | 4    | aes-128 | 0  | tdes-2  | 271828       | 271828             |
        | 4    | aes-256 | 3  | tdes-2  | 271828       | 271828             |
        | 4    | aes-256 | 4  | aes-128 | 271828       | 271828             |
        | 0    | tdes-2  | 1  | tdes-2  | 1234         | format_not_allowed |
        | 3    | tdes-2  | 1  | tdes-2  | 1234         | format_not_allowed |
        | 4    | aes-128 | 1  | tdes-2  | 1234         | format_not_allowed |

    Scenario Outline: from a device, published TDES DUKPT transaction <id> (X9.24-1:2009, A.4)
      Given an imported "PIN working" key "pwk" of <key>
      When the block of the published TDES DUKPT transaction "<id>" is translated to format <format> under "pwk"
      Then the HSM answers "1234"
      And the key was "clear in signer" all the time

      Examples:
        | id             | format | key     |
        | tdes-seq-00001 | 0      | tdes-2  |
        | tdes-seq-00008 | 4      | aes-256 |

    Scenario Outline: from a device, published AES DUKPT transaction <id> (X9.24-3:2017, supplement)
      Given an imported "PIN working" key "pwk" of <key>
      When the block of the published AES DUKPT transaction "<id>" is translated to format <format> under "pwk"
      Then the HSM answers "1234"

      Examples:
        | id              | format | key     |
        | aes128-00000001 | 4      | aes-128 |
        | aes128-00000004 | 0      | tdes-2  |
        | aes128-00000008 | 3      | tdes-3  |

    Scenario Outline: malformed block <id>
      Given an imported "PIN working" key "in" of tdes-2
      And an imported "PIN working" key "out" of tdes-2
      When the malformed block "<id>" is translated from "in" to "out"
      Then the HSM answers "<reason>"

      Examples:
        | id    | reason              |
        | bad-1 | control_field_wrong |
        | bad-4 | pin_length_wrong    |
        | bad-5 | filler_wrong        |
        | bad-6 | pin_not_numeric     |

    Scenario Outline: a block of <length> bytes in format <format>
      Given an imported "PIN working" key "k" of <key>
      When a block of <length> bytes in format <format> is translated from "k" to "k"
      Then the HSM answers "length_wrong"

      Examples:
        | length | format | key     |
        | 16     | 0      | tdes-2  |
        | 8      | 4      | aes-128 |

  Rule: a PIN is verified by an offset or a PVV, which is all that is kept of it

    Scenario Outline: the PIN of the published <id> and no other, then changed
      Given an imported "PIN working" key "pwk" of tdes-2
      And the account of the published "<id>"
      When the PIN <pin> under "pwk" is verified
      Then the HSM answers "right"
      And the key was "clear in signer" all the time
      When the PIN 1357 under "pwk" is verified
      Then the HSM answers "pin_wrong"
      And the journal says pin_wrong of the last operation
      When the PIN 1357 is changed to 8642 under "pwk"
      Then the HSM answers "pin_wrong"
      When the PIN <pin> is changed to 8642 under "pwk"
      Then the HSM answers "changed"
      When the PIN 8642 under "pwk" is verified
      Then the HSM answers "right"
      When the PIN <pin> under "pwk" is verified
      Then the HSM answers "pin_wrong"
      And the journal holds no key of this scenario

      Examples:
        | id        | pin  |
        | ibm3624-1 | 4524 |
        | ibm3624-3 | 0000 |
        | ibm3624-6 | 5518 |
        | ibm3624-8 | 5550 |
        | pvv-1     | 4524 |
        | pvv-3     | 0570 |
        | pvv-5     | 1234 |

    Scenario: the natural PIN of an account, with an offset of zeros
      Given an imported "PIN working" key "pwk" of tdes-2
      And the account of the published "ibm3624-1"
      When the natural PIN is generated under "pwk"
      Then the HSM answers "4 digits, kept as 0000"
      When the PIN 4524 under "pwk" is verified
      Then the HSM answers "right"

    Scenario Outline: a random PIN of <length> digits, held by <method>
      Given an imported "PIN working" key "pwk" of <key>
      And an account whose PIN is held by <method>
      When a random PIN of <length> digits is generated in format <format> under "pwk"
      Then the answer is what software computes with the same key
      And the key was "clear in signer" all the time

      Examples:
        | method   | length | format | key     |
        | ibm-3624 | 4      | 0      | tdes-2  |
        | ibm-3624 | 12     | 4      | aes-128 |
        | visa-pvv | 6      | 3      | tdes-3  |

  Rule: what no block could mend is refused

    Scenario: a key for something else
      Given a generated "data" key "k" of tdes-2
      When a block of 8 bytes in format 0 is translated from "k" to "k"
      Then the HSM refuses with KEY_WRONG_USAGE: 'expected key "k" to decipher PINs, got one of usage "data"'

    Scenario Outline: a key of <algorithm> for format <format>, though it would be as long
      Given a generated "PIN working" key "k" of <algorithm>
      When a block of <length> bytes in format <format> is translated from "k" to "k"
      Then the HSM refuses with KEY_WRONG_TYPE: 'expected key "k" of <expected>, got <algorithm>'

      Examples:
        | algorithm | format | length | expected                      |
        | aes-128   | 0      | 8      | tdes-2 or tdes-3              |
        | aes-192   | 3      | 8      | tdes-2 or tdes-3              |
        | tdes-2    | 4      | 16     | aes-128 or aes-192 or aes-256 |
        | tdes-3    | 4      | 16     | aes-128 or aes-192 or aes-256 |

    Scenario: format 2, which is for a card alone
      Given a generated "PIN working" key "k" of tdes-2
      When a block of 8 bytes in format 2 is translated from "k" to "k"
      Then the HSM refuses with INVALID_INPUT_DATA: "expected a PIN block format 0 or 1 or 3 or 4, got 2"

    Scenario: a random PIN of 13 digits
      Given an imported "PIN working" key "pwk" of tdes-2
      And an account whose PIN is held by visa-pvv
      When a random PIN of 13 digits is generated in format 0 under "pwk"
      Then the HSM refuses with INVALID_INPUT_DATA: "expected a PIN of 4 to 12 digits, got 13"

    Scenario Outline: a decimalization table of <what>, by which offsets would tell the PIN
      Given an imported "PIN working" key "pwk" of tdes-2
      And an account whose PIN is held by ibm-3624
      And its decimalization table is <table>
      When the PIN 1234 under "pwk" is verified
      Then the HSM refuses with INVALID_INPUT_DATA: "expected a decimalization table of 8 different digits or more, none more than 4 times, got <count>"

      Examples:
        | what            | table            | count |
        | two digits      | 0000000000000001 | 2     |
        | one digit often | 0123456701230000 | 8     |

    Scenario: a configuration that lets no PIN into a signer
      Given a payment HSM on "SoftHSM2" that holds no key in the memory of its signers
      And a generated "PIN working" key "k" of tdes-2
      When a block of 8 bytes in format 0 is translated from "k" to "k"
      Then the HSM refuses with MECHANISM_MISSING: "expected TranslatePin in the token, got a token without a mechanism for PIN blocks"
