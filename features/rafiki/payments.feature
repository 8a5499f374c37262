@rafiki @requires:controlled-customer-ase
Feature: Rafiki: payments
  Incoming and outgoing payments through all their states, by the Admin API alone.

  Background:
    Given the customer ASE is silent

  Scenario: from FUNDING to COMPLETED
    Given an incoming payment of 5.00 EUR
    When an outgoing payment pays it
    Then it costs 5.06 EUR and brings 5.00 EUR
    And the outgoing payment is FUNDING
    And it has no account yet
    When it is funded
    Then the outgoing payment becomes COMPLETED
    And 5.00 EUR of it were sent and 0.06 EUR are left
    And the incoming payment is COMPLETED with 5.00 EUR
    And the customer's Rafiki tells of "outgoing_payment.created" with '{"state":"FUNDING","balance":"0","stateAttempts":0}'
    And the customer's Rafiki tells of "outgoing_payment.completed" with '{"state":"COMPLETED","balance":"6"}'
    And the merchant's Rafiki tells of "incoming_payment.completed" with '{"completed":true}'

  Scenario: a part is delivered, then the rest
    Given an incoming payment of 5.00 EUR
    When an outgoing payment spends 2.00 EUR on it
    Then it costs 2.00 EUR and brings 1.98 EUR
    When it is funded
    Then the outgoing payment becomes COMPLETED
    And the incoming payment is PROCESSING with 1.98 EUR
    When an outgoing payment pays it
    Then it costs 5.06 EUR and brings 5.00 EUR
    When it is funded
    Then the outgoing payment becomes COMPLETED
    And 3.02 EUR of it were sent and 2.04 EUR are left
    And the incoming payment is COMPLETED with 5.00 EUR

  Scenario: what is paid takes no more
    Given an incoming payment of 5.00 EUR
    When an outgoing payment pays it
    And it is funded
    Then the incoming payment is COMPLETED with 5.00 EUR
    When an outgoing payment pays it
    Then it is refused: "invalid receiver", code BAD_USER_INPUT

  Scenario: too little to deliver anything
    Given an incoming payment of 5.00 EUR
    When an outgoing payment spends 0.01 EUR on it
    Then it is refused: "negative receive amount", code BAD_USER_INPUT

  Scenario Outline: metadata <metadata> go with an outgoing payment
    Given an incoming payment of 5.00 EUR
    When an outgoing payment pays it with the metadata '<metadata>'
    Then the customer's Rafiki tells of "outgoing_payment.created" with '{"metadata":<metadata>}'
    When it is funded
    Then the customer's Rafiki tells of "outgoing_payment.completed" with '{"metadata":<metadata>}'
    And the metadata of the outgoing payment are '<metadata>'

    Examples:
      | metadata                           |
      | {"correlation":"4f1c"}             |
      | {"tap":{"atc":7,"shop":"corner"}}  |

  Scenario: metadata go with an incoming payment
    Given an incoming payment of 5.00 EUR with the metadata '{"correlation":"4f1c"}'
    Then the merchant's Rafiki tells of "incoming_payment.created" with '{"metadata":{"correlation":"4f1c"}}'
    When an outgoing payment pays it
    And it is funded
    Then the merchant's Rafiki tells of "incoming_payment.completed" with '{"metadata":{"correlation":"4f1c"}}'

  Scenario: a cancellation says why
    Given an incoming payment of 5.00 EUR
    When an outgoing payment pays it with the metadata '{"a":1}'
    And it is cancelled because of "no money"
    Then the outgoing payment is CANCELLED
    And the metadata of the outgoing payment are '{"a":1,"cancellationReason":"no money"}'
    And it has no account yet

  Scenario: the cancellation of a card payment is told to the card service
    Given an incoming payment of 5.00 EUR
    When a card pays it
    And it is cancelled because of "wrong cryptogram" as invalid_signature
    Then the customer's Rafiki tells of "outgoing_payment.cancelled" with '{"state":"CANCELLED","metadata":{"cancellationReason":"wrong cryptogram","cardPaymentFailureReason":"invalid_signature"}}'

  Scenario: cancelled, then funded
    Given an incoming payment of 5.00 EUR
    When an outgoing payment pays it
    And it is cancelled because of "no money"
    And it is funded
    Then it is refused: "wrong state", code CONFLICT

  Scenario: completed, then cancelled
    Given an incoming payment of 5.00 EUR
    When an outgoing payment pays it
    And it is funded
    Then the outgoing payment becomes COMPLETED
    When it is cancelled because of "too late"
    Then it is refused: "wrong state", code CONFLICT

  Scenario: cancelled twice
    Given an incoming payment of 5.00 EUR
    When an outgoing payment pays it
    And it is cancelled because of "no money"
    And it is cancelled because of "no money"
    Then it is refused: "wrong state", code CONFLICT

  Scenario: funded twice with one key is funded once
    Given an incoming payment of 5.00 EUR
    When an outgoing payment pays it
    And it is funded with the key "first"
    Then it is taken
    When it is funded with the key "first"
    Then it is taken
    And the outgoing payment becomes COMPLETED
    And 5.00 EUR of it were sent and 0.06 EUR are left

  Scenario: funded twice with two keys
    Given an incoming payment of 5.00 EUR
    When an outgoing payment pays it
    And it is funded with the key "first"
    And it is funded with the key "second"
    Then it is refused: "wrong state", code CONFLICT

  Scenario: a payment that is not there
    When a payment that nobody knows is funded
    Then it is refused: "Invalid transfer id", code BAD_USER_INPUT

  Scenario: an incoming payment that is approved cannot be cancelled
    Given an incoming payment of 5.00 EUR
    When the incoming payment is approved
    Then it is taken
    When the incoming payment is cancelled
    Then it is refused: "action already performed", code FORBIDDEN

  Scenario: an incoming payment that is cancelled cannot be approved
    Given an incoming payment of 5.00 EUR
    When the incoming payment is cancelled
    And the incoming payment is approved
    Then it is refused: "action already performed", code FORBIDDEN

  Scenario: nothing cannot be asked for
    When an incoming payment of 0.00 EUR is asked for
    Then it is refused: "invalid amount", code BAD_USER_INPUT

  Scenario Outline: an incoming payment that expires in <seconds> seconds
    When an incoming payment that expires in <seconds> seconds is asked for
    Then it is refused: "invalid expiresAt", code BAD_USER_INPUT

    Examples:
      | seconds |
      | -60     |
      | 2678400 |

  @waits
  Scenario: an incoming payment that gets nothing is gone when it expires
    Given an incoming payment of 5.00 EUR that expires in 10 seconds
    When 11 seconds pass
    Then the incoming payment is not there

  @waits
  Scenario: an incoming payment that got a part of it expires
    Given an incoming payment of 5.00 EUR that expires in 10 seconds
    When an outgoing payment spends 2.00 EUR on it
    And it is funded
    Then the outgoing payment becomes COMPLETED
    When 11 seconds pass
    Then the incoming payment is EXPIRED with 1.98 EUR
    And the merchant's Rafiki tells of "incoming_payment.expired" with '{"completed":false}'
    When what has come is withdrawn
    Then it is taken

  @waits
  Scenario: funded when the incoming payment has expired
    Given an incoming payment of 5.00 EUR that expires in 10 seconds
    When an outgoing payment pays it
    And 11 seconds pass
    And it is funded
    Then it is taken
    And the outgoing payment becomes FAILED
    And 0.00 EUR of it were sent and 5.06 EUR are left
    And the customer's Rafiki tells of "outgoing_payment.failed" with '{"state":"FAILED","error":"QuoteExpired","balance":"506"}'
