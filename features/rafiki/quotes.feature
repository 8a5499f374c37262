@rafiki @requires:controlled-customer-ase
Feature: Rafiki: quotes
  What a payment costs and brings, slippage of 1 % and the ASE's fee included. Amounts are those of a running pair.

  Background:
    Given the customer ASE is silent

  Scenario Outline: an incoming payment of <incoming>, a quote <quote>
    Given an incoming payment of <incoming>
    When a quote <quote>
    Then it costs <cost> and brings <delivery>

    Examples:
      | incoming | quote              | cost     | delivery |
      | 5.00 EUR | for it             | 5.06 EUR | 5.00 EUR |
      | 0.01 EUR | for it             | 0.02 EUR | 0.01 EUR |
      | 5.00 EUR | to bring 200 cents | 2.03 EUR | 2.00 EUR |
      | 5.00 EUR | to spend 200 cents | 2.00 EUR | 1.98 EUR |
      | 5.00 EUR | to spend 2 cents   | 0.02 EUR | 0.01 EUR |

  Scenario: an incoming payment of any amount takes what is spent
    Given an incoming payment of any amount
    When a quote to spend 100 cents
    Then it costs 1.00 EUR and brings 0.99 EUR

  Scenario: an incoming payment of any amount leaves open what it costs
    Given an incoming payment of any amount
    When a quote for it
    Then it is refused: "invalid amount", code BAD_USER_INPUT

  Scenario Outline: a quote <quote> is refused
    Given an incoming payment of 5.00 EUR
    When a quote <quote>
    Then it is refused: "<message>", code BAD_USER_INPUT

    Examples:
      | quote                        | message                     |
      | to spend 1000 cents          | invalid amount              |
      | to bring 1000 cents          | invalid amount              |
      | to spend 0 cents             | invalid amount              |
      | to spend 1 cents             | non-positive receive amount |
      | to spend dollars 100 cents   | invalid amount              |
      | to bring dollars 100 cents   | invalid amount              |
      | to spend and bring 100 cents | invalid amount              |

  Scenario Outline: with a fee of 10 cents and 150 basis points, a quote <quote>
    Given a fee of 10 cents and 150 basis points
    And an incoming payment of 5.00 EUR
    When a quote <quote>
    Then it costs <cost> and brings <delivery>

    Examples:
      | quote              | cost     | delivery |
      | for it             | 5.24 EUR | 5.00 EUR |
      | to bring 200 cents | 2.17 EUR | 2.00 EUR |
      | to spend 200 cents | 2.00 EUR | 1.85 EUR |

  Scenario: a fee that eats up what is spent
    Given a fee of 10 cents and 150 basis points
    And an incoming payment of 5.00 EUR
    When a quote to spend 12 cents
    Then it is refused: "non-positive receive amount", code BAD_USER_INPUT

  Scenario: the fee stays with the payer's ASE
    Given a fee of 10 cents and 150 basis points
    And an incoming payment of 5.00 EUR
    And the payer has a quote to spend 200 cents
    When an outgoing payment is made of the quote
    And it is funded
    Then the outgoing payment becomes COMPLETED
    And 1.85 EUR of it were sent and 0.15 EUR are left
    And the incoming payment is PROCESSING with 1.85 EUR

  Scenario: a quote serves for one payment
    Given an incoming payment of 5.00 EUR
    And the payer has a quote for it
    When an outgoing payment is made of the quote
    Then it is taken
    When an outgoing payment is made of the quote
    Then it is refused: "invalid quote", code BAD_USER_INPUT

  @requires:embedded-rafiki
  Scenario: a quote serves for five minutes
    Given an incoming payment of 5.00 EUR
    And the payer has a quote for it
    When 300 seconds pass
    And an outgoing payment is made of the quote
    Then it is refused: "invalid quote", code BAD_USER_INPUT
