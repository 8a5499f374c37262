@rafiki @requires:embedded-rafiki @requires:controlled-customer-ase
Feature: Rafiki: webhooks
  An event that is not answered 200 comes again after 10 seconds, then 20 more, 30 more and so on, 60 at most, ten times in all.

  Background:
    Given the customer ASE is silent

  Scenario: an event that nobody takes comes ten times
    Given an incoming payment of 5.00 EUR
    And the customer's card service is down
    When a card pays it
    And it is cancelled because of "no money" as invalid_request
    Then the event "outgoing_payment.cancelled" comes again after 10, 20, 30, 40, 50, 60, 60, 60 and 60 seconds, and no more

  Scenario: an event that is taken in the end comes no more
    Given an incoming payment of 5.00 EUR
    And the customer's card service is down
    When a card pays it
    And it is cancelled because of "no money" as invalid_request
    Then the event "outgoing_payment.cancelled" waits 10 seconds
    When the customer's card service is up again
    And 10 seconds pass
    Then the event "outgoing_payment.cancelled" has come
