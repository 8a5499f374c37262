@rafiki @requires:controlled-customer-ase
Feature: Rafiki: Open Payments
  What anybody sees: wallet address documents, keys, and of an incoming payment what strangers may know.

  Background:
    Given the customer ASE is silent

  Scenario: a wallet address document
    When the payer's wallet address is fetched
    Then it answers 200
    And the document names the wallet address, its currency, its servers and the card service
    And the document shows the property "branch" but not "ledger"

  Scenario: a wallet address in capitals is the same
    When the payer's wallet address is fetched in capitals
    Then it answers 200
    And the document names the wallet address, its currency, its servers and the card service

  Scenario: whoever wants HTML gets none
    When the payer's wallet address is fetched as "text/html"
    Then it answers 406

  Scenario: a wallet address that nobody has
    When a wallet address that nobody has is fetched
    Then it answers 404
    And the error is "Could not get wallet address"

  Scenario: a wallet address that was closed
    Given the payer's wallet address is closed
    When the payer's wallet address is fetched
    Then it answers 404

  Scenario: a wallet address that was closed neither pays nor is quoted
    Given an incoming payment of 5.00 EUR
    And the payer's wallet address is closed
    When an outgoing payment pays it
    Then it is refused: "inactive wallet address", code INACTIVE

  Scenario: keys of a wallet address, until they are revoked
    Given the payer's wallet address has a key "k1"
    When the keys of the payer's wallet address are fetched
    Then the keys are "k1"
    When the key "k1" is revoked
    And the keys of the payer's wallet address are fetched
    Then the keys are ""

  Scenario: strangers see how much has come, not how to pay
    Given an incoming payment of 5.00 EUR
    When the incoming payment is fetched
    Then it answers 200
    And the document has "receivedAmount, authServer" alone

  Scenario: a token that nobody has issued
    Given an incoming payment of 5.00 EUR
    When the incoming payment is fetched with a token that nobody has issued
    Then it answers 403
    And the error is "Inactive Token"

  Scenario Outline: <method> <resource> needs a grant
    When somebody sends <method> <resource> without a signature
    Then it answers 400

    Examples:
      | method | resource            |
      | POST   | incoming-payments   |
      | GET    | incoming-payments   |
      | POST   | outgoing-payments   |
      | GET    | outgoing-payments   |
      | POST   | quotes              |

  Scenario: a receiver is what its own Rafiki says of it
    Given an incoming payment of 5.00 EUR with the metadata '{"order":"7"}'
    When an outgoing payment spends 2.00 EUR on it
    And it is funded
    Then the outgoing payment becomes COMPLETED
    And the customer's Rafiki sees 1.98 EUR of 5.00 EUR at the receiver, metadata '{"order":"7"}'
