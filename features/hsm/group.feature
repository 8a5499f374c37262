@hsm
Feature: Two tokens that answer as one
  Both hold the same keys. One may be away, by accident or for maintenance: no request is lost, and it comes back by itself.

  Background:
    Given a payment HSM on "SoftHSM2"
    And a payment HSM of its own on two tokens, "left" and "right"
    And an imported "MAC" key "m" of aes-128

  Scenario: both work, and the journal says which did what
    When key "m" makes 200 MACs at once
    Then the answer is yes
    And of the last 200 operations the journal names the tokens "left, right"

  Scenario: a key that one token took in is there on the other
    When the token "right" is withdrawn
    Given a generated "MAC" key "n" of aes-128
    When the token "right" is admitted
    And the token "left" is withdrawn
    And key "n" makes 3 MACs at once
    Then the answer is yes
    When key "m" makes the MAC "aes-cmac" of 8 bytes
    Then the answer is what software computes with the same key
    And of the last 4 operations the journal names the token "right"

  Scenario: a token is pulled out with requests that it has not answered, and comes back by itself
    When the token "right" is pulled out while key "m" makes 100 MACs
    Then the answer is yes
    And the HSM says that the token "right" is away
    And the journal says that the token '"right" is away: expected the signer to do its work, got CKR_DEVICE_REMOVED'
    When key "m" makes 100 MACs at once
    Then the answer is yes
    And of the last 100 operations the journal names the token "left"
    When the token "right" is plugged in
    And the token "right" is looked for after 1 second
    And key "m" makes 200 MACs at once
    Then of the last 200 operations the journal names the tokens "left, right"
    And the journal says that the token '"right" is back'

  Scenario: a token dies with requests that it has not answered
    When the token "left" dies while key "m" makes 100 MACs
    Then the answer is yes

  Scenario: a token is withdrawn for maintenance while requests are under way
    When the token "left" is withdrawn while key "m" makes 200 MACs
    Then the answer is yes
    And the HSM says that the token "left" is withdrawn
    When key "m" makes 100 MACs at once
    Then of the last 100 operations the journal names the token "right"
    When the token "left" is admitted
    And key "m" makes 200 MACs at once
    Then of the last 200 operations the journal names the tokens "left, right"

  Scenario: the last token cannot be withdrawn
    When the token "left" is withdrawn
    And the token "right" is withdrawn
    Then the HSM refuses with TOKEN_NOT_PRESENT: 'expected another token beside "right", got none that is there'
    When key "m" makes the MAC "aes-cmac" of 8 bytes
    Then the answer is what software computes with the same key

  Scenario: both are gone: refused with both reasons, and served as soon as one is back
    When both tokens are pulled out
    And key "m" makes the MAC "aes-cmac" of 8 bytes
    Then the HSM refuses with TOKEN_NOT_PRESENT: 'expected one token of the group, got none ("left": …; "right": …)'
    When the token "right" is plugged in
    And key "m" makes the MAC "aes-cmac" of 8 bytes
    Then the answer is what software computes with the same key

  Scenario: a token that is away at the start
    When the token "left" is pulled out
    And an HSM is opened on both tokens
    Then the answer is yes
    And the HSM says that the token "left" is away
    And the HSM says that the token "right" is there

  Scenario: both tokens away at the start
    When both tokens are pulled out
    And an HSM is opened on both tokens
    Then the HSM refuses with TOKEN_NOT_PRESENT: 'expected the token "left" in …, got no token'

  Scenario: a token with other master keys
    When an HSM is opened on "left" and a token with other master keys
    Then the HSM refuses with MASTER_KEYS_DIFFER: 'expected the token "stranger" to hold the master keys of the token "left", got others'

  Scenario: a new token cannot be given the master keys of one that has some
    When a new token is to share the master keys of "left"
    Then the HSM refuses with MASTER_KEYS_NOT_SHARED: 'expected new tokens for a group, …, got the token "left" alone with such keys'

  Scenario: a token that is lost for good is replaced by a new one while the other one works
    Given an HSM on "left" and a new token "spare" that is not plugged in yet
    When key "m" makes 3 MACs at once
    Then the HSM says that the token "spare" is away
    When the token "spare" is plugged in and joins "left"
    Then the answer is yes
    And the journal says that the token '"spare" joined "left": storage key '
    When the token "spare" is looked for after 1 second
    And key "m" makes 200 MACs at once
    Then of the last 200 operations the journal names the tokens "left, spare"
    When the token "left" is withdrawn
    And key "m" makes the MAC "aes-cmac" of 8 bytes
    Then the answer is what software computes with the same key

  Scenario: a token that holds keys cannot join
    When a token with other master keys is to join "left"
    Then the HSM refuses with TOKEN_NOT_EMPTY: 'expected one token without keys, to join, got keys in "left" and "stranger"'

  Scenario: a token cannot join one that is not there
    When the token "left" is pulled out
    And a new token is to join "left"
    Then the HSM refuses with TOKEN_NOT_PRESENT: 'expected a token that holds the master keys of the group, got none ("new" is without them; expected the token "left" …)'

  Scenario: a token that was alone keeps its master keys
    When a new token is to join one that was alone
    Then the HSM refuses with MASTER_KEYS_STAY: 'expected a token whose master keys may be wrapped for another one, got the token "lone", which they never leave'

  @requires:nss
  Scenario: a token that cannot do what the others do gets no keys
    When a new token of NSS softokn is to join "left"
    Then the HSM refuses with MECHANISM_MISSING: 'expected the tokens "left" and "NSS Certificate DB" to do the same, got …'

  Scenario: a key that no token hands out cannot be one of both
    When a key pair "e" of ed25519 is generated
    Then the HSM refuses with MECHANISM_MISSING: 'expected key "e" to be one that all tokens of the group can hold, got …'
