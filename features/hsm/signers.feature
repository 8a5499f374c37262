@hsm
Feature: Signers that die, stand still or are busy
  A signer that ends is replaced; what it left undone is asked again once where that does no harm, and otherwise refused by name.
  Nothing waits for ever.

  Background:
    Given a payment HSM on "SoftHSM2"
    And a payment HSM of its own on the same token:
      | signers | 1 |
    And an imported "MAC" key "m" of aes-128

  Scenario: a signer killed between two requests
    When key "m" makes the MAC "aes-cmac" of 8 bytes
    And a signer is killed
    And key "m" makes the MAC "aes-cmac" of 8 bytes
    Then the answer is what software computes with the same key

  Scenario: a signer killed during a MAC, which is asked for again
    When the signer is killed while key "m" makes a MAC
    And key "m" makes the MAC "aes-cmac" of 8 bytes
    Then the answer is what software computes with the same key

  Scenario: a signer killed while it makes a key, which is not asked for again
    When the signer is killed while key "lost" is generated
    Then the HSM refuses with SIGNER_GONE: "expected an answer of signer process …, got its end (SIGKILL)"
    And no key "lost" is known
    When a "MAC" key "lost" of aes-128 is generated
    And key "lost" makes 1 MACs at once
    Then the answer is yes

  Scenario: a signer that does not answer is given up after 10 seconds
    When the signer is silent for 10 seconds while key "lost" is generated
    Then the HSM refuses with SIGNER_GONE: "expected an answer of signer process …, got none within 10000 ms"
    When key "m" makes the MAC "aes-cmac" of 8 bytes
    Then the answer is what software computes with the same key

  Scenario: one of two signers killed under load
    Given a payment HSM of its own on the same token:
      | signers | 2 |
    When a signer is killed
    And key "m" makes 300 MACs at once
    Then the answer is yes

  Scenario: a signer is replaced when it has grown, without a request lost
    Given a payment HSM of its own on the same token:
      | recycleAtBytes | 1 |
    When key "m" makes 3 MACs at once
    Then the answer is yes
    When key "m" makes the MAC "aes-cmac" of 8 bytes
    Then the answer is what software computes with the same key

  Scenario: the token is gone for good
    When its token is taken away and its signer killed
    And a "MAC" key "n" of aes-128 is generated
    Then the HSM refuses with MODULE_FAILED: "expected …, got …"

  Scenario: all busy, and as many wait as may
    Given a payment HSM of its own on the same token:
      | queueAtMost | 3 |
    When 3 requests wait for the signer and key "m" makes a MAC
    Then the HSM refuses with HSM_BUSY: "expected at most 3 requests that wait, got one more"

  Scenario: a request that has waited too long
    Given a payment HSM of its own on the same token:
      | waitAtMostMs | 5000 |
    When key "m" makes a MAC behind a request that takes 5 seconds
    Then the HSM refuses with DEADLINE_PASSED: "expected a free signer within 5000 ms, got none"

  Scenario: an HSM that was closed
    When the HSM is closed
    And key "m" makes the MAC "aes-cmac" of 8 bytes
    Then the HSM refuses with HSM_CLOSED: "expected an open HSM, got one that was closed"
