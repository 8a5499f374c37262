@hsm
Feature: Data that an operation cannot take
  Refused before anything reaches the token, with what was expected and what came.

  Background:
    Given a payment HSM on "SoftHSM2"

  Scenario: more data than a request holds
    Given a generated "MAC" key "m" of aes-128
    When key "m" makes the MAC "aes-cmac" of 65537 bytes
    Then the HSM refuses with DATA_TOO_LONG: "expected at most 65536 bytes, got 65537"

  Scenario Outline: <length> bytes for a cipher of <algorithm>
    Given a generated "data" key "d" of <algorithm>
    When key "d" encrypts <length> bytes in cbc mode
    Then the HSM refuses with INVALID_INPUT_DATA: "expected whole blocks of <block> bytes, got <length> bytes"

    Examples:
      | algorithm | length | block |
      | aes-128   | 24     | 16    |
      | aes-256   | 0      | 16    |
      | tdes-3    | 12     | 8     |

  Scenario: an initial vector of another cipher
    Given a generated "data" key "d" of aes-128
    When key "d" encrypts with an initial vector of 8 bytes
    Then the HSM refuses with INVALID_INPUT_DATA: "expected an initial vector of 16 bytes, got 8"

  Scenario: a MAC that is guessed too soon
    Given an imported "MAC" key "m" of aes-128
    When key "m" checks the MAC "aes-cmac" of 8 bytes, cut to 3 bytes
    Then the HSM refuses with INVALID_INPUT_DATA: "expected a MAC of 4 to 16 bytes, got 3"

  Scenario: ECDSA over something that is no digest
    When a key pair "s" of ec-p256 is generated
    And key pair "s" signs 200 bytes as they are
    Then the HSM refuses with INVALID_INPUT_DATA: "expected a digest of 32 bytes, got 200"

  Scenario Outline: a KSN of <length> bytes
    Given a generated "DUKPT base" key "bdk" of aes-128
    When data under a KSN of <length> zero bytes is decrypted with "bdk"
    Then the HSM refuses with INVALID_INPUT_DATA: "expected … KSN…, got <reason>"

    Examples:
      | length | reason           |
      | 10     | ksn_length_wrong |
      | 12     | ksn_counter_zero |

  Scenario: CDOL1 data of another length
    Given the keys of all published cards
    When a cryptogram over 148 bytes is checked with the key of "aes-1"
    Then the HSM refuses with INVALID_INPUT_DATA: "expected CDOL1 data of 149 bytes, got 148"

  Scenario: a CID that no card of the scheme gives
    Given the keys of all published cards
    When the cryptogram of the published card "aes-1" is checked with the CID 40
    Then the HSM refuses with UNSUPPORTED_SCHEME: "expected a known scheme and CID, got interledger with CID 64"
