@payment @requires:controlled-merchant-ase @requires:controlled-customer-ase
Feature: One id from the tap to the money
  A tap has an id. Terminal and merchant ASE hand it on in a header; Rafiki hands nothing on but the card data, by which its own ids are found to be
  the tap's. So every entry of the journal says which tap it belongs to.

  Scenario: an approved tap
    Given a cardholder with 100.00 EUR and a card "interledger"
    And a merchant who takes EUR
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"
    And the journal has "outgoing_payment.created" of the tap
    And the journal has "incoming_payment.completed" of the tap
    And whatever passed since the first tap belongs to a tap

  Scenario: the issuer declines
    Given a cardholder with 100.00 EUR and a card "interledger"
    And a merchant who takes EUR
    When the cardholder taps for 200.00 EUR
    Then the terminal shows "Declined"
    And the journal has "outgoing_payment.created" of the tap
    And whatever passed since the first tap belongs to a tap

  Scenario: the issuer takes its time
    Given a cardholder with 100.00 EUR and a card "interledger"
    And a merchant who takes EUR
    When the cardholder begins to tap for 12.50 EUR
    And the issuer decides
    And the tap ends
    Then the terminal shows "Approved"
    And the journal has "outgoing_payment.created" of the tap
    And the journal has "incoming_payment.completed" of the tap
    And whatever passed since the first tap belongs to a tap

  Scenario: two taps of one card, one after the other
    Given a cardholder with 100.00 EUR and a card "interledger"
    And a merchant who takes EUR
    When the cardholder taps for 12.50 EUR
    And the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"
    And the journal has "outgoing_payment.created" of the tap
    And the journal has "incoming_payment.completed" of the tap
    And whatever passed since the first tap belongs to a tap
    And the taps have ids of their own
