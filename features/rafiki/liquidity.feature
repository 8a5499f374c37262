@rafiki @requires:controlled-customer-ase
Feature: Rafiki: liquidity
  What an ASE takes out, at once or in two phases, and what happens when a peer has no more.

  Background:
    Given the customer ASE is silent

  Scenario: what is left of a payment is withdrawn once
    Given a payment of 5.00 EUR that is COMPLETED
    When what is left of it is withdrawn
    Then it is taken
    And 5.06 EUR of it were sent and 0.00 EUR are left
    When what is left of it is withdrawn
    Then it is refused: "Insufficient transfer balance", code FORBIDDEN

  Scenario: what has come is withdrawn once
    Given a payment of 5.00 EUR that is COMPLETED
    When what has come is withdrawn
    Then it is taken
    When what has come is withdrawn
    Then it is refused: "Transfer already exists", code DUPLICATE

  Scenario: nothing is withdrawn before the end
    Given an incoming payment of 5.00 EUR
    When what has come is withdrawn
    Then it is refused: "Unknown incoming payment", code NOT_FOUND
    When an outgoing payment pays it
    And what is left of it is withdrawn
    Then it is refused: "Unknown outgoing payment", code NOT_FOUND

  Scenario: a withdrawal in two phases, posted
    Given a payment of 5.00 EUR that is COMPLETED
    When what is left of it is withdrawn for 60 seconds
    Then it is taken
    And 5.00 EUR of it were sent and 0.00 EUR are left
    When the withdrawal is posted
    Then it is taken
    And 5.06 EUR of it were sent and 0.00 EUR are left
    When the withdrawal is posted
    Then it is refused: "Transfer already posted", code CONFLICT

  Scenario: a withdrawal in two phases, voided
    Given a payment of 5.00 EUR that is COMPLETED
    When what is left of it is withdrawn for 60 seconds
    And the withdrawal is voided
    Then it is taken
    And 5.00 EUR of it were sent and 0.06 EUR are left
    When the withdrawal is posted
    Then it is refused: "Transfer already voided", code CONFLICT

  @waits
  Scenario: a withdrawal in two phases that nobody ends
    Given a payment of 5.00 EUR that is COMPLETED
    When what is left of it is withdrawn for 60 seconds
    And 61 seconds pass
    Then 5.00 EUR of it were sent and 0.06 EUR are left
    When the withdrawal is posted
    Then it is refused: "Transfer already expired", code FORBIDDEN

  Scenario: the peer has no more liquidity
    Given an incoming payment of 5.00 EUR
    And the merchant's Rafiki has no liquidity for its peer
    When an outgoing payment pays it
    And it is funded
    Then the outgoing payment is tried again
    And the outgoing payment is SENDING
    And 0.00 EUR of it were sent and 5.06 EUR are left

  @waits
  Scenario: the peer has liquidity again before the payment is tried again
    Given an incoming payment of 5.00 EUR
    And the merchant's Rafiki has no liquidity for its peer
    When an outgoing payment pays it
    And it is funded
    Then the outgoing payment is tried again
    When the merchant's Rafiki has liquidity for its peer again
    And 10 seconds pass
    Then the outgoing payment becomes COMPLETED
    And the incoming payment is COMPLETED with 5.00 EUR

  Scenario: more than a peer has cannot be withdrawn
    When more is withdrawn from the merchant's peer than it has
    Then it is refused: "Insufficient transfer balance", code FORBIDDEN

  Scenario: an ASE is told of a peer that runs dry
    Given the merchant's Rafiki is to tell of a peer with less than it has
    And a payment of 5.00 EUR that is COMPLETED
    Then the merchant's Rafiki tells of its peer with "peer.liquidity_low"
