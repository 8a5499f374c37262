@hsm
Feature: Certificates, requests, and keys for one receiver
  A key pair signs what has the form that it is for, and nothing else. Keys travel in TR-34 tokens to whom an authority certified for receiving
  them, and come from the host that the HSM is bound to.

  Background:
    Given a payment HSM on "SoftHSM2"

  Rule: an authority certifies strong keys, and signs nothing else

    Scenario Outline: a certificate of an authority of <algorithm>
      Given a "certificate authority" key pair "ca" of <algorithm>
      And a "signing" key pair "s" of ed25519
      When authority "ca" certifies key pair "s"
      Then the answer is yes
      And the key was "in token" all the time

      Examples:
        | algorithm |
        | ec-p256   |
        | ed25519   |
        | rsa-3072  |

    Scenario: a revocation list
      Given a "certificate authority" key pair "ca" of ec-p256
      When authority "ca" signs a revocation list
      Then the answer is yes
      And the key was "in token" all the time

    Scenario Outline: a certificate for <key>
      Given a "certificate authority" key pair "ca" of ec-p256
      When authority "ca" certifies <key>
      Then the HSM refuses with KEY_TOO_WEAK: 'expected a strong key to be certified, got another one'

      Examples:
        | key                      |
        | an RSA key of 1024 bits  |
        | a key of secp256k1       |

    Scenario: an authority asked to sign data
      Given a "certificate authority" key pair "ca" of ec-p256
      When key pair "ca" signs 32 bytes as they are
      Then the HSM refuses with KEY_WRONG_USAGE: 'expected key "ca" to sign, got one of usage "certificate authority"'

    Scenario Outline: a "<usage>" pair asked for <what>
      Given a "<usage>" key pair "k" of <algorithm>
      When authority "k" <action>
      Then the HSM refuses with KEY_WRONG_USAGE: 'expected key "k" to <purpose>, got one of usage "<usage>"'

      Examples:
        | usage           | algorithm | what              | action                  | purpose                |
        | signing         | ec-p256   | a certificate     | certifies key pair "k"  | sign certificates      |
        | request signing | ed25519   | a certificate     | certifies key pair "k"  | sign certificates      |
        | signing         | ec-p256   | a revocation list | signs a revocation list | sign revocation lists  |

    Scenario Outline: <what> to be signed as a certificate
      Given a "certificate authority" key pair "ca" of ec-p256
      When authority "ca" is given <what> to sign as a certificate
      Then the HSM refuses with INVALID_INPUT_DATA: 'expected DER, …'

      Examples:
        | what                          |
        | a revocation list             |
        | a request for a certificate   |
        | text                          |
        | nothing                       |

    Scenario Outline: a request for a certificate of <algorithm>
      Given a "signing" key pair "s" of <algorithm>
      When key pair "s" asks for a certificate
      Then the answer is yes

      Examples:
        | algorithm |
        | ec-p256   |
        | ed25519   |
        | rsa-2048  |

    Scenario: a pair that is too short is not made
      When a key pair "s" of rsa-1024 is generated
      Then the HSM refuses with INVALID_INPUT_DATA: 'expected for usage "signing" an algorithm …, got rsa-1024'

  Rule: a key for requests signs HTTP messages alone

    Scenario Outline: a request signed with <algorithm>
      Given a "request signing" key pair "r" of <algorithm>
      When key pair "r" signs an HTTP request
      Then the answer is yes
      And the key was "in token" all the time

      Examples:
        | algorithm |
        | ed25519   |
        | ec-p256   |

    Scenario: something else than a request
      Given a "request signing" key pair "r" of ed25519
      When key pair "r" signs "what is no request" as an HTTP request
      Then the HSM refuses with INVALID_INPUT_DATA: 'expected a signature base of RFC 9421 …, got something else'

    Scenario: an authority asked to sign a request
      Given a "certificate authority" key pair "ca" of ec-p256
      When key pair "ca" signs an HTTP request
      Then the HSM refuses with KEY_WRONG_USAGE: 'expected key "ca" to sign requests, got one of usage "certificate authority"'

  Rule: keys travel in tokens of TR-34, for one receiver

    Background:
      Given an authority, a key distribution host and a receiver in the HSM

    Scenario Outline: a key goes to a terminal in <passes>
      Given an imported, exportable "PIN working" key "pwk" of <algorithm>
      When key "pwk" is sent to a terminal in <passes>
      Then the answer is what software computes with the same key
      And the key was "clear in signer" all the time
      And the journal holds no key of this scenario

      Examples:
        | passes     | algorithm |
        | two passes | aes-128   |
        | one pass   | aes-256   |
        | two passes | tdes-2    |

    Scenario Outline: the initial key of a terminal, from a base key of <algorithm>
      Given an imported "DUKPT base" key "bdk" of <algorithm>
      When the initial key under "bdk" is sent to a terminal
      Then the answer is what software computes with the same key
      And the key was "clear in signer" all the time
      And the journal holds no key of this scenario

      Examples:
        | algorithm |
        | aes-128   |
        | aes-256   |

    Scenario: a key that was not made to leave
      Given a generated "PIN working" key "pwk" of aes-128
      When key "pwk" is sent to a terminal in two passes
      Then the HSM refuses with KEY_NOT_EXPORTABLE: 'expected key "pwk" to be exportable under "kdh", got one that was not made so'

    Scenario: a key that is no base key has no initial keys
      Given an imported, exportable "PIN working" key "pwk" of aes-128
      When the initial key under "pwk" is sent to a terminal
      Then the HSM refuses with KEY_WRONG_USAGE: 'expected key "pwk" to derive initial keys, got one of usage "PIN working"'

    Scenario Outline: a terminal <which>
      Given an imported, exportable "PIN working" key "pwk" of aes-128
      When key "pwk" is sent to a terminal <which>
      Then the key is not sent because "<reason>"

      Examples:
        | which                                         | reason  |
        | that was revoked                              | revoked |
        | that was certified for signing                | usage   |
        | whose key has 1024 bits                       | weak    |
        | that another authority certified in our name  | untrusted |
        | whose certificate has expired                 | expired |

    Scenario: a terminal of an authority that the HSM does not know
      Given an imported, exportable "PIN working" key "pwk" of aes-128
      When key "pwk" is sent to a terminal with an authority of its own
      Then the HSM refuses with INVALID_INPUT_DATA: 'expected issuers up to the authority "ca", got 1 that end elsewhere'

    Scenario: where no key may be in a signer's memory
      Given an imported, exportable "PIN working" key "pwk" of aes-128
      And a payment HSM of its own that holds no key in the memory of its signers
      When key "pwk" is sent to a terminal in two passes
      Then the HSM refuses with MECHANISM_MISSING: 'expected ExportTr34 in the token, got a token without a mechanism for TR-34'

    Scenario: a key comes
      When the HSM gets a token
      Then the HSM has the key of the token
      And the key was "clear in signer" all the time

    Scenario Outline: a token <which>
      When the HSM gets a token <which>
      Then the HSM does not take the token because "<reason>"
      And no key "received" is known

      Examples:
        | which                              | reason          |
        | for another receiver               | recipient-wrong |
        | that answers another random number | random-wrong    |
        | with a flipped bit                 | signature       |
        | of another host                    | signer-unknown  |
        | without a revocation list          | crl-missing     |
        | of a host that was revoked         | certificate-revoked |
        | with another kind of key           | usage_other     |
