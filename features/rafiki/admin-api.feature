@rafiki @requires:controlled-customer-ase
Feature: Rafiki: Admin API
  Who may use it, what it says to what it does not understand, how lists are cut, and what an idempotency key is worth.

  Background:
    Given the customer ASE is silent

  Scenario Outline: a request with <signature>
    When the merchant's Admin API is asked with <signature>
    Then it answers <status>

    Examples:
      | signature                        | status |
      | a good signature                 | 200    |
      | a signature 60 s in the future   | 200    |
      | no signature                     | 401    |
      | a signature of another secret    | 401    |
      | a signature of another version   | 401    |
      | a signature of another body      | 401    |
      | a signature 31 s old             | 401    |
      | a signature used before          | 401    |
      | the tenant id of another         | 401    |
      | no tenant id                     | 401    |
      | a signature without a version    | 500    |
      | a tenant id that is no UUID      | 500    |

  Scenario Outline: a body with <body>
    When the merchant's Admin API gets <body>
    Then it answers <status> with the code <code>

    Examples:
      | body                          | status | code                         |
      | an unknown field              | 400    | GRAPHQL_VALIDATION_FAILED    |
      | half a query                  | 500    | GRAPHQL_VALIDATION_FAILED    |
      | an amount that is no number   | 400    | BAD_USER_INPUT               |
      | a negative amount             | 400    | BAD_USER_INPUT               |
      | two operations and no name    | 400    | OPERATION_RESOLUTION_FAILURE |
      | a list of operations          | 400    | BAD_REQUEST                  |
      | nothing                       | 400    | BAD_REQUEST                  |

  Scenario Outline: of five incoming payments, the page <page>
    Given incoming payments of 1, 2, 3, 4 and 5 cents
    When the incoming payments are listed with <page>
    Then the page has <amounts>, <before> before and <after> after

    Examples:
      | page                             | amounts       | before  | after   |
      | nothing                          | 5, 4, 3, 2, 1 | nothing | nothing |
      | sortOrder ASC                    | 1, 2, 3, 4, 5 | nothing | nothing |
      | first 2                          | 5, 4          | nothing | more    |
      | first 0                          | 5, 4, 3, 2, 1 | nothing | nothing |
      | first 2 after 4                  | 3, 2          | more    | more    |
      | after 2                          | 1             | more    | nothing |
      | last 2 before 2                  | 4, 3          | more    | more    |
      | before 4                         | 5             | nothing | more    |
      | sortOrder ASC, first 1 after 3   | 4             | more    | more    |
      | sortOrder ASC, last 1 before 3   | 2             | more    | more    |
      | after 4 before 2                 | 3, 2, 1       | more    | nothing |

  Scenario Outline: a page that Rafiki does not cut: <page>
    Given incoming payments of 1, 2, 3, 4 and 5 cents
    When the incoming payments are listed with <page>
    Then it is refused: "<message>", code INTERNAL_SERVER_ERROR

    Examples:
      | page      | message                                |
      | last 2    | Can't paginate backwards from the start. |
      | first 101 | Pagination index error                 |
      | first -1  | Pagination index error                 |

  Scenario Outline: point-of-sale's list of card payments with <query>
    When the card payments of the shop are listed with "<query>"
    Then it answers <status>

    Examples:
      | query          | status |
      |                | 200    |
      | first=2        | 200    |
      | first=0        | 200    |
      | first=x        | 200    |
      | first=101      | 500    |
      | first=-1       | 500    |
      | last=1         | 500    |
      | sortOrder=ASC  | 200    |
      | sortOrder=UP   | 500    |

  Scenario: one key, two requests
    Given an incoming payment of 5.00 EUR
    When an outgoing payment pays it
    And it is funded with the key "first"
    And a payment that nobody knows is funded with the key "first"
    Then it is refused as another request of the key "first"

  Scenario: what was refused is not remembered for its key
    Given an incoming payment of 5.00 EUR
    When a payment that nobody knows is funded with the key "first"
    Then it is refused: "Invalid transfer id"
    When an outgoing payment pays it
    And it is funded with the key "first"
    Then it is taken

  Scenario: payments of both directions, and those of a receiver
    Given a payment of 5.00 EUR that is COMPLETED
    Then the customer's payments are "OUTGOING COMPLETED 6"
    And the merchant's payments are "INCOMING COMPLETED 500"
    And of the incoming payment the customer's Rafiki lists 1 outgoing payment

  @requires:embedded-rafiki
  Scenario: the ledger has each transfer of a payment
    Given a payment of 5.00 EUR that is COMPLETED
    When what is left of it is withdrawn
    Then the ledger of the outgoing payment has "506 DEPOSIT in, 500 TRANSFER out, 6 WITHDRAWAL out"
    And the ledger of the incoming payment has "500 TRANSFER in"
