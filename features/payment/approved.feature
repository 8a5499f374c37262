@payment
Feature: An approved tap
  Card, terminal and both ASEs agree: the merchant has the money once, the cardholder has paid it once.

  Scenario Outline: a card "<profile>" pays <amount>
    Given a cardholder with <balance> and a card "<profile>"
    And a merchant who takes <currency>
    When the cardholder taps for <amount>
    Then the terminal shows "Approved"
    And the cryptogram has CID "<cid>" and <length> bytes
    And the merchant has received <amount>
    And the account is left with <left>

    @requires:aes-128-card
    Examples: AES cryptogram, ARQC
      | profile     | currency | balance     | amount     | left       | cid | length |
      | interledger | EUR      | 100.00 EUR  | 12.50 EUR  | 87.50 EUR  | 80  | 8      |

    @requires:several-currencies @requires:aes-128-card
    Examples: AES cryptogram, ARQC, without decimals and with three
      | profile     | currency | balance     | amount     | left       | cid | length |
      | interledger | JPY      | 10000 JPY   | 1250 JPY   | 8750 JPY   | 80  | 8      |
      | interledger | KWD      | 100.000 KWD | 3.505 KWD  | 96.495 KWD | 80  | 8      |

    @requires:ec-p256-card
    Examples: P-256 signature
      | profile          | currency | balance     | amount     | left       | cid | length |
      | interledger-p256 | EUR      | 100.00 EUR  | 12.50 EUR  | 87.50 EUR  | C1  | 72     |

    @requires:several-currencies @requires:ec-p256-card
    Examples: P-256 signature, without decimals and with three
      | profile          | currency | balance     | amount     | left       | cid | length |
      | interledger-p256 | JPY      | 10000 JPY   | 1250 JPY   | 8750 JPY   | C1  | 72     |
      | interledger-p256 | KWD      | 100.000 KWD | 3.505 KWD  | 96.495 KWD | C1  | 72     |

  Scenario: the smallest amount and the whole balance
    Given a cardholder with 20.00 EUR and a card "interledger"
    And a merchant who takes EUR
    When the cardholder taps for 0.01 EUR
    Then the terminal shows "Approved"
    And the merchant has received 0.01 EUR
    When the cardholder taps for 19.79 EUR
    Then the terminal shows "Approved"
    And the merchant has received 19.80 EUR

  Scenario: three taps of one card, each with its own transaction counter
    Given a cardholder with 100.00 EUR and a card "interledger"
    And a merchant who takes EUR
    When the cardholder taps for 1.00 EUR
    And the cardholder taps for 2.00 EUR
    And the cardholder taps for 3.00 EUR
    Then the terminal shows "Approved"
    And the transaction counters rose by one each time
    And the merchant has received 6.00 EUR
    And the account is left with 94.00 EUR

  Scenario: the terminal did not hear the answer and sends the same request again
    Given a cardholder with 100.00 EUR and a card "interledger"
    And a merchant who takes EUR
    When the cardholder taps for 12.50 EUR
    And the terminal sends the same request again
    Then the terminal shows "Approved"
    And the merchant has received 12.50 EUR
    And the account is left with 87.50 EUR
