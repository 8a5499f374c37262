@hsm
Feature: Keys for and from others
  Keys travel between organisations in TR-31 key blocks (X9.143:2021) under zone master keys that came in components. What a block holds decides the
  outcome; what our own keys may not do is refused.

  Background:
    Given a payment HSM on "SoftHSM2"

  Rule: zone master keys come in components, each with another custodian

    Scenario Outline: <count> components of <algorithm>
      Given a zone master key "zmk" of <algorithm> that came in <count> components
      When the check value of key "zmk" is asked for
      Then the answer is what software computes with the same key
      And the journal holds no key of this scenario

      Examples:
        | algorithm | count |
        | tdes-2    | 2     |
        | tdes-3    | 3     |
        | aes-128   | 2     |
        | aes-256   | 3     |

    Scenario: a check value that is not the key's
      When a zone master key "zmk" of aes-256 comes in 2 components, its check value told as 000000
      Then the HSM refuses with KCV_MISMATCH: 'expected key "zmk" with check value 000000, got …'
      And no key "zmk" is known

    Scenario Outline: <count> components
      When a zone master key "zmk" of aes-128 comes in <count> components, its check value told as 000000
      Then the HSM refuses with INVALID_INPUT_DATA: "expected 2 or 3 components, got <count>"

      Examples:
        | count |
        | 1     |
        | 4     |

  Rule: a key leaves in a block that others can read, and comes back as the same key

    Scenario Outline: version <version>: a "<usage>" key of <algorithm> under <zmk>
      Given a zone master key "zmk" of <zmk> that came in 2 components
      And an imported, exportable "<usage>" key "k" of <algorithm>
      When key "k" leaves under "zmk" in a block of version <version>
      Then the answer is what software computes with the same key
      And the key was "clear in signer" all the time
      When the block comes in as "<usage>" key "again" under "zmk"
      Then the answer is the check value of key "k"
      And the journal holds no key of this scenario

      Examples:
        | version | usage                         | algorithm | zmk     |
        | A       | PIN working                   | tdes-2    | tdes-2  |
        | A       | MAC                           | tdes-2    | tdes-3  |
        | B       | DUKPT base                    | tdes-2    | tdes-3  |
        | B       | card verification             | tdes-2    | tdes-2  |
        | B       | PIN verification, IBM 3624    | tdes-3    | tdes-3  |
        | C       | PIN verification, Visa PVV    | tdes-2    | tdes-2  |
        | C       | issuer master, cryptograms    | tdes-2    | tdes-3  |
        | D       | PIN working                   | aes-128   | aes-128 |
        | D       | DUKPT base                    | aes-256   | aes-256 |
        | D       | data                          | tdes-3    | aes-192 |
        | D       | zone master                   | aes-256   | aes-256 |
        | E       | issuer master, cryptograms    | aes-128   | aes-256 |
        | E       | issuer master, dynamic values | tdes-2    | aes-128 |
        | E       | MAC verification              | aes-192   | aes-256 |

    Scenario Outline: published block <id>
      When the published key block "<id>" comes in as a "<usage>" key
      Then the answer is what software computes with the same key

      Examples:
        | id        | usage            |
        | psec-4    | MAC              |
        | psec-5    | MAC              |
        | oe-16     | DUKPT base       |
        | bptools-2 | PIN working      |
        | psec-9    | MAC              |
        | oe-15     | DUKPT base       |
        | oe-10     | MAC verification |

    Scenario: a PIN working key for a partner, which has the zone master key from the same custodians
      Given a zone master key "zmk" of aes-256 that came in 2 components
      When an exportable PIN working key "pwk" of aes-128 is made
      And key "pwk" leaves under "zmk" in a block of version D
      And a partner takes the block in as "PIN working" key under "zmk"
      Then the answer is the check value of key "pwk"

  Rule: a block is refused for its own reason, and nothing is kept of it

    Scenario Outline: published block <id>
      When the published key block "<id>" comes in as a "<usage>" key
      Then the HSM answers "<reason>"
      And no key "came" is known

      Examples:
        | id                           | usage       | reason           |
        | oe-6                         | PIN working | usage_other      |
        | oe-1b                        | zone master | usage_other      |
        | psec-5                       | PIN working | usage_other      |
        | psec-bad-3                   | MAC         | length           |
        | psec-bad-7                   | MAC         | not-hex          |
        | psec-bad-11                  | MAC         | mac-short        |
        | psec-bad-19                  | MAC         | malformed        |
        | psec-bad-31                  | MAC         | key-length-field |
        | oe-3-mac-last-nibble         | PIN working | mac              |
        | oe-4-ciphertext-first-nibble | DUKPT base  | mac              |
        | oe-6-exportability-changed   | PIN working | mac              |
        | oe-9-ciphertext-first-nibble | DUKPT base  | mac              |

    Scenario Outline: character <at> of a block of ours is changed
      Given a zone master key "zmk" of aes-256 that came in 2 components
      And an imported, exportable "PIN working" key "k" of aes-128
      When key "k" leaves under "zmk" in a block of version D
      And the block comes in with its character <at> changed, as "PIN working" key "again" under "zmk"
      Then the HSM answers "mac"
      And no key "again" is known

      Examples:
        | at  |
        | 10  |
        | 40  |
        | 143 |

    Scenario: a block under another zone master key
      Given a zone master key "zmk" of aes-256 that came in 2 components
      And a zone master key "other" of aes-256 that came in 2 components
      And an imported, exportable "PIN working" key "k" of aes-128
      When key "k" leaves under "zmk" in a block of version D
      And the block comes in as "PIN working" key "again" under "other"
      Then the HSM answers "mac"

    Scenario: a block of version B for a zone master key of AES that is as long
      Given a zone master key "zmk" of aes-128 that came in 2 components
      And the block that a partner made of version B under the value of "zmk"
      When the block comes in as "PIN working" key "again" under "zmk"
      Then the HSM answers "zone_master_other"
      And no key "again" is known

  Rule: keys that stay

    Scenario Outline: <what>
      Given a zone master key "zmk" of <zmk> that came in 2 components
      And a generated<exportable> "<usage>" key "k" of <algorithm>
      When key "k" leaves under "zmk" in a block of version <version>
      Then the HSM refuses with KEY_NOT_EXPORTABLE: 'expected key "k" to be exportable under "zmk", got <came>'

      Examples:
        | what                       | zmk     | exportable   | usage           | algorithm   | version | came                                     |
        | not made exportable        | aes-256 |              | PIN working     | aes-128     | D       | one that was not made so                 |
        | the key of a card          | aes-256 | , exportable | card cryptogram | aes-128     | D       | one of usage "card cryptogram" and aes-128 |
        | what wraps keys of cards   | aes-256 | , exportable | card transport  | aes-128     | D       | one of usage "card transport" and aes-128 |
        | HMAC, which has no code    | aes-256 | , exportable | MAC             | hmac-sha256 | D       | one of usage "MAC" and hmac-sha256       |
        | a stronger key             | tdes-3  | , exportable | PIN working     | aes-128     | B       | aes-128 under tdes-3, which is weaker    |

    Scenario: a key that came in a block which says that it goes no further
      Given a zone master key "zmk" of aes-256 that came in 2 components
      And an imported, exportable "PIN working" key "k" of aes-128
      When key "k" leaves under "zmk" in a block of version D
      And the block comes in as "PIN working" key "again" under "zmk"
      And key "again" leaves under "zmk" in a block of version D
      Then the HSM refuses with KEY_NOT_EXPORTABLE: 'expected key "again" to be exportable under "zmk", got one that was not made so'

    Scenario Outline: version <version> under a zone master key of <zmk>, though it would be as long
      Given a zone master key "zmk" of <zmk> that came in 2 components
      And an imported, exportable "PIN working" key "k" of tdes-2
      When key "k" leaves under "zmk" in a block of version <version>
      Then the HSM refuses with KEY_WRONG_TYPE: 'expected key "zmk" of <expected>, got <zmk>'

      Examples:
        | version | zmk     | expected                      |
        | B       | aes-128 | tdes-2 or tdes-3              |
        | D       | tdes-2  | aes-128 or aes-192 or aes-256 |

    Scenario: under a key that is no zone master key
      Given a generated, exportable "PIN working" key "k" of aes-128
      And a generated "data" key "d" of aes-256
      When key "k" leaves under "d" in a block of version D
      Then the HSM refuses with KEY_NOT_EXPORTABLE: 'expected key "k" to be exportable under "d", got one of usage "PIN working" and aes-128'

  Rule: TranslateKey hands a block on without keeping its key

    Scenario Outline: from <from> to <to>, version <version>
      Given a zone master key "from" of <from> that came in 2 components
      And a zone master key "to" of <to> that came in 2 components
      And an imported, exportable "PIN working" key "k" of <key>
      When key "k" leaves under "from" in a block of version <first>, to be handed on
      And the block is translated from "from" to "to" in version <version>
      Then the answer is the value of key "k"
      And the key was "clear in signer" all the time
      And the journal holds no key of this scenario

      Examples:
        | from    | first | to      | version | key     |
        | aes-256 | D     | aes-128 | E       | aes-128 |
        | tdes-3  | B     | tdes-2  | A       | tdes-2  |
        | tdes-3  | C     | aes-256 | D       | tdes-3  |

    Scenario: a block that goes no further
      Given a zone master key "from" of aes-256 that came in 2 components
      And a zone master key "to" of aes-256 that came in 2 components
      And an imported, exportable "PIN working" key "k" of aes-128
      When key "k" leaves under "from" in a block of version D
      And the block is translated from "from" to "to" in version D
      Then the HSM answers "not_exportable"

    Scenario: a zone master key that is weaker than the key
      Given a zone master key "from" of aes-256 that came in 2 components
      And a zone master key "to" of tdes-3 that came in 2 components
      And an imported, exportable "PIN working" key "k" of aes-128
      When key "k" leaves under "from" in a block of version D, to be handed on
      And the block is translated from "from" to "to" in version B
      Then the HSM answers "zone_master_weak"

  Rule: a renewed key has the next version; the one before it works on under a label of its own

    Background:
      Given a payment HSM of its own on the same token:
        | signers | 1 |

    Scenario Outline: a MAC key of <algorithm>
      Given an imported "MAC" key "m" of <algorithm>
      When key "m" is renewed
      Then the HSM answers "version 2"
      When key "m/v1" makes the MAC "<method>" of 20 bytes
      Then the answer is what software computes with the same key
      When key "m" is renewed
      Then the HSM answers "version 3"

      Examples:
        | algorithm | method            |
        | aes-256   | aes-cmac          |
        | tdes-2    | retail, padding 2 |

    Scenario: until the moment that was said
      Given an imported "MAC" key "m" of aes-128
      When key "m" is renewed, and the one before it works for 60 more seconds
      And 59 seconds pass at the HSM
      And key "m/v1" makes the MAC "aes-cmac" of 8 bytes
      Then the answer is what software computes with the same key
      When 2 seconds pass at the HSM
      And key "m/v1" makes the MAC "aes-cmac" of 8 bytes
      Then the HSM refuses with KEY_EXPIRED: 'expected a valid key "m/v1", got one that ended …'

    Scenario: what another party has to be given is not renewed behind its back
      Given an imported "card cryptogram" key "c" of aes-128
      When key "c" is renewed
      Then the HSM refuses with KEY_WRONG_USAGE: 'expected a key that is generated, got "c" of usage "card cryptogram"'
