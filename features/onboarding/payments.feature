@requires:controlled-merchant-ase @onboarding @payment
Feature: Payments of an onboarded terminal
  A terminal that was onboarded asks for money over mutual TLS, with a signature by the same key: the certificate of the connection, the
  signature and the registry must name one terminal. Its keys must be of this month.

  Background:
    Given a cardholder with 50.00 EUR and a card "interledger"
    And a merchant who takes EUR with an onboarded terminal

  Scenario: a tap
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"
    And the merchant has received 12.50 EUR
    And the registry shows the terminal as "active"
    And the registry shows key generation 1 of the terminal

  Scenario Outline: a terminal that <way>
    Given a terminal that <way>
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Failed" because "<reason>"
    And no money moved

    Examples:
      | way                                         | reason                           |
      | shows no certificate                        | terminal showed no certificate   |
      | calls over plain HTTP                       | terminal showed no certificate   |
      | shows the certificate of another terminal   | certificate is another terminal's |
      | signs as another terminal                   | certificate is another terminal's |
      | signs with the key of another terminal      | request signature is wrong       |
      | shows a certificate of another authority    | terminal's certificate is refused |
      | shows a certificate that its factory issued | terminal's certificate is refused |

  Scenario Outline: a terminal that was <state>
    Given the merchant ASE takes the terminal of the shop out of service as <state>
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Failed" because "terminal's certificate is refused"
    And no money moved
    And the registry shows the terminal as "<state>"

    Examples:
      | state          |
      | decommissioned |
      | compromised    |

  Scenario: a request of an onboarded terminal, sent once more by somebody who has no certificate
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"
    When somebody without a certificate sends the recorded request to the terminals' API
    Then the POS API answers 401 because "terminal showed no certificate"

  @requires:embedded-rafiki
  Scenario: an overdue terminal is refused until it rotates its keys
    When a month and a day pass
    And the terminal of the shop fetches its configuration
    And the cardholder taps for 12.50 EUR
    Then the terminal shows "Failed" because "terminal did not rotate its keys in time"
    And no money moved
    When the terminal of the shop rotates its keys
    And the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"
    And the registry shows key generation 2 of the terminal

  Scenario: keys that were withdrawn
    When the merchant ASE withdraws the keys of the shop's terminal
    And the cardholder taps for 12.50 EUR
    Then the terminal shows "Failed" because "terminal did not rotate its keys in time"
    When the terminal of the shop rotates its keys
    And the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"

  Scenario: two rotations at once are one
    When the terminal of the shop rotates its keys twice at once
    Then the registry shows key generation 2 of the terminal
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"

  Scenario: a rotation that is cut is taken up again, and the terminal pays meanwhile
    When the rotation of the shop is cut before its confirmation is answered
    And the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"
    When the terminal of the shop rotates its keys
    Then the registry shows key generation 2 of the terminal

  Scenario: a second terminal of the same merchant
    When another device is onboarded and gets its keys
    Then the registry shows the terminal as "active"
    And the registry shows key generation 1 of the terminal
