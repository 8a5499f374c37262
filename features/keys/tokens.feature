@requires:controlled-merchant-ase @keys
Feature: Tokens that carry keys to a terminal
  Initial keys come in TR-34 tokens: signed by the host that the terminal is bound to, in answer to its random number, for its key alone,
  with a header that says which key it is and what for. Whatever else comes, the terminal goes on with the keys it has.

  Background:
    Given an onboarded terminal with keys

  Scenario Outline: a token that <what>
    When the terminal gets a token for its PIN key that <what>
    Then the token is refused for its "<reason>"
    And the terminal uses key generation 1
    And the terminal's keys are usable
    When the terminal rotates its keys
    Then the ceremony is done

    Examples:
      | what                                     | reason              |
      | answers another random number            | random-wrong        |
      | is of one pass where two were asked for  | random-missing      |
      | is for another device                    | recipient-wrong     |
      | is of another host of the same authority | signer-unknown      |
      | is of another host in the host's name    | signature           |
      | has no revocation list                   | crl-missing         |
      | is of a host that was revoked            | certificate-revoked |
      | has a revocation list of the past        | crl-expired         |
      | is not DER                               | malformed           |
      | has a flipped bit                        | signature           |

  Scenario Outline: a header that <what>
    When the terminal gets a token for its PIN key whose header <what>
    Then the ceremony ends because "key is not for this use, or not with this initial key identifier"
    And the terminal uses key generation 1
    And the terminal's keys are usable

    Examples:
      | what                                      |
      | says neither which key nor what for       |
      | says PIN encryption instead of derivation |
      | says base derivation key                  |
      | lets the key be exported                  |
      | restricts its use to nothing              |

  Scenario: keys of two purposes, exchanged
    When the terminal gets the key for SRED as the one for PIN
    Then the ceremony ends because "key is not for this use, or not with this initial key identifier"
    And the terminal uses key generation 1

  Scenario Outline: a token with a flipped bit in its <field>
    When the terminal gets a token for its PIN key with a flipped bit in its <field>
    Then the token is refused for its "<reason>"
    And the terminal uses key generation 1

    Examples:
      | field                          | reason         |
      | type of the message            | malformed      |
      | version of the message         | malformed      |
      | digest algorithm               | malformed      |
      | type of the content            | malformed      |
      | recipient's name               | digest         |
      | recipient's certificate number | digest         |
      | enciphered content key         | digest         |
      | initialisation vector          | digest         |
      | enciphered key block           | digest         |
      | revocation list                | crl-untrusted  |
      | signer's name                  | signer-unknown |
      | signer's certificate number    | signer-unknown |
      | signed type of the content     | digest         |
      | random number                  | signature      |
      | digest of the content          | digest         |
      | key block header               | signature      |
      | signature algorithm            | malformed      |
      | signature                      | signature      |

  Scenario: tokens that the terminal took before
    When the terminal gets its former tokens once more
    Then the token is refused for its "random-wrong"
    And the terminal uses key generation 2
    And the terminal's keys are usable
