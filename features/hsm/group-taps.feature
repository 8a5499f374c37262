@hsm @requires:embedded-rafiki
Feature: Taps while a token is away
  The issuer's HSM is two tokens with the same keys. A cryptogram of a card is checked on whichever is there; the cardholder notices nothing.

  Scenario: one is withdrawn, then the other, then one is lost
    Given a bench of its own, whose issuer has an HSM on two tokens
    And a cardholder with 100.00 EUR and a card "interledger"
    And a merchant who takes EUR
    When the issuer's token "tapbench 2" is withdrawn
    And the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"
    And of the last 1 operations the journal names the token "tapbench"
    When the issuer's token "tapbench 2" is admitted
    And the issuer's token "tapbench" is withdrawn
    And the cardholder taps for 10.00 EUR
    Then the terminal shows "Approved"
    And of the last 1 operations the journal names the token "tapbench 2"
    When the issuer's token "tapbench" is admitted
    And the issuer's token "tapbench 2" is lost
    And the cardholder taps for 7.50 EUR
    Then the terminal shows "Approved"
    And of the last 1 operations the journal names the token "tapbench"
    And the issuer's HSM says that the token "tapbench 2" is away
    And the merchant has received 30.00 EUR
