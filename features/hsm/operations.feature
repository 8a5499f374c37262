@hsm
Feature: What the payment HSM computes
  Each operation gives what software computes with the same key, while the key stays where the journal says it is.

  Rule: on SoftHSM2 every key stays in the token

    Background:
      Given a payment HSM on "SoftHSM2"

    Scenario Outline: MAC <method> with <algorithm> over <length> bytes
      Given an imported "MAC" key "m" of <algorithm>
      When key "m" makes the MAC "<method>" of <length> bytes
      Then the answer is what software computes with the same key
      And the key was "in token" all the time
      When key "m" checks the MAC "<method>" of <length> bytes, whole
      Then the answer is yes
      When key "m" checks the MAC "<method>" of <length> bytes, cut to 4 bytes
      Then the answer is yes
      When key "m" checks the MAC "<method>" of <length> bytes, with a bit changed
      Then the answer is no
      And the journal holds no key of this scenario

      Examples:
        | method            | algorithm   | length |
        | aes-cmac          | aes-128     | 0      |
        | aes-cmac          | aes-192     | 37     |
        | aes-cmac          | aes-256     | 65536  |
        | tdes-cmac         | tdes-2      | 24     |
        | tdes-cmac         | tdes-3      | 9      |
        | hmac-sha256       | hmac-sha256 | 100    |
        | retail, padding 1 | tdes-2      | 64     |
        | retail, padding 2 | tdes-2      | 64     |

    Scenario Outline: <mode> of <algorithm>, there and back
      Given an imported "data" key "d" of <algorithm>
      When key "d" encrypts 80 bytes in <mode> mode
      Then the answer is what software computes with the same key
      And the key was "in token" all the time
      When key "d" decrypts 80 encrypted bytes in <mode> mode
      Then the answer is what software computes with the same key

      Examples:
        | algorithm | mode |
        | aes-128   | ecb  |
        | aes-192   | cbc  |
        | aes-256   | cbc  |
        | tdes-2    | ecb  |
        | tdes-3    | cbc  |

    Scenario Outline: check value of a key of <algorithm>
      Given an imported "MAC" key "m" of <algorithm>
      When the check value of key "m" is asked for
      Then the answer is what software computes with the same key

      Examples:
        | algorithm   |
        | aes-128     |
        | aes-256     |
        | tdes-2      |
        | tdes-3      |
        | hmac-sha256 |

    Scenario Outline: signature of <algorithm>
      When key pair "s" of <algorithm> signs a message
      Then the answer is yes
      And the key was "in token" all the time

      Examples:
        | algorithm    |
        | ec-p256      |
        | ec-secp256k1 |
        | ed25519      |

    Scenario Outline: DUKPT with a base key of <algorithm> at transaction <counter>
      Given an imported "DUKPT base" key "bdk" of <algorithm>
      When the initial key "ik" of a device is derived from "bdk"
      Then the answer is what software computes with the same key
      When what a device of base key "bdk" encrypted at transaction <counter> is decrypted
      Then the answer is what software computes with the same key
      And the key was "in token" all the time

      Examples:
        | algorithm | counter    |
        | aes-128   | 1          |
        | aes-192   | 229376     |
        | aes-256   | 4294901760 |

    Scenario: initial key of the published TDES device, and its data (X9.24-1:2009, A.4)
      When the initial key of the published TDES device is derived
      Then the answer is what software computes with the same key
      And the key was "clear in signer" all the time
      When the data of the published TDES DUKPT transaction "tdes-seq-00001" is decrypted with "bdk"
      Then the answer is what software computes with the same key
      When the data of the published TDES DUKPT transaction "tdes-seq-00002" is decrypted with "ik"
      Then the answer is what software computes with the same key
      And the key was "clear in signer" all the time
      And the journal holds no key of this scenario

    Scenario Outline: data of the published AES device, transaction <id> (X9.24-3:2017, supplement)
      When the data of the published AES DUKPT transaction "<id>" is decrypted
      Then the answer is what software computes with the same key
      And the key was "in token" all the time

      Examples:
        | id              |
        | aes128-00000001 |
        | aes128-00000003 |
        | aes128-00000008 |

    Scenario Outline: cryptogram of the published card <card>
      Given the keys of all published cards
      When the cryptogram of the published card "<card>" is checked
      Then the answer is yes
      And the key was "in token" all the time
      When the cryptogram of the published card "<card>" is checked with bit <bit> of its cryptogram changed
      Then the answer is no
      When the cryptogram of the published card "<card>" is checked with bit 100 of its data changed
      Then the answer is no

      Examples:
        | card  | bit |
        | aes-1 | 63  |
        | aes-2 | 0   |
        | ec-1  | 200 |
        | ec-3  | 300 |

    Scenario: a cryptogram of one card is not another's
      Given the keys of all published cards
      When the cryptogram of the published card "aes-1" is checked with the key of "aes-2"
      Then the answer is no

    Scenario Outline: a card's own key of <algorithm>, made in the token and wrapped for it
      Given an imported "card transport" key "transport" of aes-128
      When a card gets a new key "card" of <algorithm> under "transport" and makes a cryptogram
      Then the answer is yes
      And the journal holds no key of this scenario

      Examples:
        | algorithm |
        | aes-128   |
        | ec-p256   |

  @requires:nss
  Rule: on NSS softokn what the token lacks is done in the signer, and the journal says so

    Background:
      Given a payment HSM on "NSS softokn"

    Scenario Outline: MAC <method> with <algorithm>, key <place>
      Given an imported "MAC" key "m" of <algorithm>
      When key "m" makes the MAC "<method>" of 37 bytes
      Then the answer is what software computes with the same key
      And the key was "<place>" all the time
      And the journal holds no key of this scenario

      Examples:
        | method            | algorithm   | place           |
        | aes-cmac          | aes-128     | in token        |
        | aes-cmac          | aes-256     | in token        |
        | hmac-sha256       | hmac-sha256 | in token        |
        | retail, padding 2 | tdes-2      | in token        |
        | tdes-cmac         | tdes-2      | clear in signer |

    Scenario Outline: <mode> of <algorithm>, there and back
      Given an imported "data" key "d" of <algorithm>
      When key "d" encrypts 80 bytes in <mode> mode
      Then the answer is what software computes with the same key
      When key "d" decrypts 80 encrypted bytes in <mode> mode
      Then the answer is what software computes with the same key

      Examples:
        | algorithm | mode |
        | aes-256   | ecb  |
        | aes-128   | cbc  |
        | tdes-3    | cbc  |

    Scenario: signature of ec-p256
      When key pair "s" of ec-p256 signs a message
      Then the answer is yes
      And the key was "in token" all the time

    Scenario: DUKPT with a base key of aes-128
      Given an imported "DUKPT base" key "bdk" of aes-128
      When what a device of base key "bdk" encrypted at transaction 7 is decrypted
      Then the answer is what software computes with the same key

    Scenario Outline: <what> is not possible, and the refusal names the mechanism
      Given a payment HSM on "NSS softokn" that holds no key in the memory of its signers
      And an imported "MAC" key "m" of tdes-2
      When <action>
      Then the HSM refuses with MECHANISM_MISSING: "expected <variant> in the token, got a token without <mechanism>"

      Examples:
        | what                        | action                                         | variant                      | mechanism     |
        | a MAC the token lacks       | key "m" makes the MAC "tdes-cmac" of 8 bytes   | Mac tdes-cmac                | CKM_DES3_CMAC |
        | a key pair of ed25519       | a key pair "s" of ed25519 is generated         | GenerateKeyPair ed25519      | CKM_EDDSA     |
        | a key pair of ec-secp256k1  | a key pair "s" of ec-secp256k1 is generated    | GenerateKeyPair ec-secp256k1 | CKM_ECDSA     |

    Scenario: a token without master keys
      When an HSM is opened on a new token of "NSS softokn" without master keys
      Then the HSM refuses with MASTER_KEYS_MISSING: "expected …, got …"

  @requires:opencryptoki
  Rule: on opencryptoki, which wraps keys by CBC alone, what it has is done in the token, some in the signer, and the rest is refused by name

    Background:
      Given a payment HSM on "opencryptoki"

    Scenario Outline: MAC <method> with <algorithm>, key <place>
      Given an imported "MAC" key "m" of <algorithm>
      When key "m" makes the MAC "<method>" of 37 bytes
      Then the answer is what software computes with the same key
      And the key was "<place>" all the time
      And the journal holds no key of this scenario

      Examples:
        | method            | algorithm   | place           |
        | hmac-sha256       | hmac-sha256 | in token        |
        | retail, padding 2 | tdes-2      | in token        |
        | aes-cmac          | aes-128     | clear in signer |
        | tdes-cmac         | tdes-2      | clear in signer |

    Scenario Outline: <mode> of <algorithm>, there and back
      Given an imported "data" key "d" of <algorithm>
      When key "d" encrypts 80 bytes in <mode> mode
      Then the answer is what software computes with the same key
      When key "d" decrypts 80 encrypted bytes in <mode> mode
      Then the answer is what software computes with the same key

      Examples:
        | algorithm | mode |
        | aes-256   | cbc  |
        | tdes-2    | cbc  |
        | tdes-3    | ecb  |

    Scenario: DUKPT with a base key of aes-128
      Given an imported "DUKPT base" key "bdk" of aes-128
      When what a device of base key "bdk" encrypted at transaction 7 is decrypted
      Then the answer is what software computes with the same key
      And the key was "clear in signer" all the time

    Scenario Outline: <what> is not possible, and the refusal names the mechanism
      Given a payment HSM on "opencryptoki" that holds no key in the memory of its signers
      And an imported "MAC" key "m" of aes-128
      When <action>
      Then the HSM refuses with MECHANISM_MISSING: "expected <variant> in the token, got a token without <mechanism>"

      Examples:
        | what                       | action                                      | variant                 | mechanism    |
        | a MAC the token lacks      | key "m" makes the MAC "aes-cmac" of 8 bytes | Mac aes-cmac            | CKM_AES_CMAC |
        | a key pair of ec-p256      | a key pair "s" of ec-p256 is generated      | GenerateKeyPair ec-p256 | CKM_ECDSA    |

    Scenario: a sealed key of which one bit is another
      Given a generated "MAC" key "m" of hmac-sha256
      When bit 200 of the blob of key "m" is flipped
      And key "m" makes the MAC "hmac-sha256" of 8 bytes
      Then the HSM refuses with BLOB_ALTERED: "expected …, got …"

    Scenario: a token without master keys
      When an HSM is opened on a new token of "opencryptoki" without master keys
      Then the HSM refuses with MASTER_KEYS_MISSING: "expected …, got …"
