@hsm
Feature: Keys that may not do what they are asked
  The layer above the token enforces usage, validity and origin of each key; every refusal names the key, what was expected and what came.

  Background:
    Given a payment HSM on "SoftHSM2"

  Scenario: a key that nobody made
    When key "nobody" makes the MAC "aes-cmac" of 8 bytes
    Then the HSM refuses with KEY_NOT_FOUND: 'expected a key "nobody", got none'
    And the journal says KEY_NOT_FOUND of the last operation

  Scenario Outline: a "<usage>" key asked to <purpose>
    Given a generated "<usage>" key "k" of <algorithm>
    When <action>
    Then the HSM refuses with KEY_WRONG_USAGE: 'expected key "k" to <purpose>, got one of usage "<usage>"'
    And the journal says KEY_WRONG_USAGE of the last operation

    Examples:
      | usage            | algorithm | action                                            | purpose             |
      | data             | aes-128   | key "k" makes the MAC "aes-cmac" of 8 bytes       | generate MACs       |
      | MAC verification | aes-128   | key "k" makes the MAC "aes-cmac" of 8 bytes       | generate MACs       |
      | MAC              | aes-128   | key "k" encrypts 16 bytes in ecb mode             | encrypt             |
      | MAC              | tdes-2    | key "k" encrypts 16 bytes in cbc mode             | encrypt             |
      | card transport   | aes-128   | key "k" encrypts 16 bytes in ecb mode             | encrypt             |
      | DUKPT base       | aes-128   | key "k" makes the MAC "aes-cmac" of 8 bytes       | generate MACs       |
      | DUKPT initial    | aes-128   | the initial key "x" of a device is derived from "k" | derive initial keys |
      | PIN working      | tdes-2    | key "k" makes the MAC "retail, padding 1" of 8 bytes | generate MACs    |
      | PIN working      | aes-128   | key "k" makes the MAC "aes-cmac" of 8 bytes       | generate MACs       |
      | PIN working      | tdes-2    | key "k" encrypts 16 bytes in ecb mode             | encrypt             |
      | zone master      | aes-256   | key "k" encrypts 16 bytes in ecb mode             | encrypt             |
      | card verification | tdes-2   | key "k" makes the MAC "retail, padding 1" of 8 bytes | generate MACs    |
      | MAC              | aes-128   | a card key "x" is to be wrapped under "k"         | wrap card keys      |

  Scenario: a signing key asked for a MAC
    When a key pair "s" of ec-p256 is generated
    And key "s" makes the MAC "aes-cmac" of 8 bytes
    Then the HSM refuses with KEY_WRONG_USAGE: 'expected key "s" to generate MACs, got one of usage "signing"'

  Scenario: a key of another algorithm than the method
    Given a generated "MAC" key "m" of aes-128
    When key "m" makes the MAC "tdes-cmac" of 8 bytes
    Then the HSM refuses with KEY_WRONG_TYPE: 'expected key "m" of tdes-2 or tdes-3, got aes-128'

  Scenario: a cryptogram of CID C1 with the key of an AES card
    Given the keys of all published cards
    When the cryptogram of the published card "ec-1" is checked with the key of "aes-1"
    Then the HSM refuses with KEY_WRONG_TYPE: 'expected key "aes-1" of ec-p256, got aes-128'

  Scenario: an expired key
    Given a generated "MAC" key "m" of aes-128, valid until 2020-01-01
    When key "m" makes the MAC "aes-cmac" of 8 bytes
    Then the HSM refuses with KEY_EXPIRED: 'expected a valid key "m", got one that ended 2020-01-01T00:00:00.000Z'

  Scenario: a key that is not valid yet
    Given a generated "MAC" key "m" of aes-128, valid from 2999-01-01
    When key "m" makes the MAC "aes-cmac" of 8 bytes
    Then the HSM refuses with KEY_NOT_YET_VALID: 'expected a valid key "m", got one from 2999-01-01T00:00:00.000Z on'

  Scenario: a check value that is not the key's, and the label stays free
    When a "MAC" key "m" of aes-128 is imported whose check value is told as 000000
    Then the HSM refuses with KCV_MISMATCH: 'expected key "m" with check value 000000, got …'
    And no key "m" is known

  Scenario: a label that is taken
    Given a generated "MAC" key "m" of aes-128
    When a "data" key "m" of aes-256 is generated
    Then the HSM refuses with KEY_EXISTS: 'expected no key "m", got one'

  Scenario: a usage that has no such algorithm
    When a "card transport" key "b" of tdes-2 is generated
    Then the HSM refuses with INVALID_INPUT_DATA: 'expected for usage "card transport" an algorithm aes-128, got tdes-2'

  Scenario: a key of another length than its algorithm
    When a "MAC" key "m" of aes-256 is imported with 16 bytes
    Then the HSM refuses with INVALID_INPUT_DATA: 'expected a key of aes-256 of 32 bytes, got 16'

  Rule: whoever can write to the sealed keys cannot change one

    Scenario Outline: bit <bit> of the <part> is flipped
      Given a generated "MAC" key "m" of aes-128
      And bit <bit> of the <part> of key "m" is flipped
      When key "m" makes the MAC "aes-cmac" of 8 bytes
      Then the HSM refuses with BLOB_ALTERED: 'expected key "m" as it was sealed, got another content'

      Examples:
        | part | bit |
        | blob | 0   |
        | blob | 191 |
        | seal | 0   |
        | seal | 255 |

    Scenario Outline: its <field> is changed to "<value>"
      Given a generated "MAC verification" key "m" of aes-128
      And the <field> of key "m" is changed to "<value>"
      When key "m" makes the MAC "aes-cmac" of 8 bytes
      Then the HSM refuses with BLOB_ALTERED: 'expected key "m" as it was sealed, got another content'

      Examples:
        | field | value  |
        | usage | MAC    |
        | owner | me     |
        | kcv   | 123456 |

    Scenario: two keys change blobs
      Given a generated "MAC" key "m" of aes-128
      And a generated "data" key "d" of aes-128
      And key "m" has the blob of key "d"
      When key "m" makes the MAC "aes-cmac" of 8 bytes
      Then the HSM refuses with BLOB_ALTERED: 'expected key "m" as it was sealed, got another content'

    Scenario: a blob of another token
      Given a "MAC" key "m" of aes-128 that another token made
      When key "m" makes the MAC "aes-cmac" of 8 bytes
      Then the HSM refuses with BLOB_OF_ANOTHER_TOKEN: 'expected key "m" of token …, got one of token …'
