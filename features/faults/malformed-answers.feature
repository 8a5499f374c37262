@faults
Feature: A card that breaks the specification
  The terminal names what is wrong and ends; it never crashes, hangs or pays.

  Background:
    Given a cardholder with 50.00 EUR and a card "interledger"
    And a merchant who takes EUR

  Scenario Outline: <command> is answered with <answer>
    Given the card answers <command> with <answer>
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Failed" because "card answered with data that breaks the specification"
    And no request reached the merchant ASE
    And no money moved

    Examples:
      | command                | answer                            |
      | SELECT                 | "6F0A9000"                        |
      | SELECT                 | "6F82FFFF9000"                    |
      | SELECT                 | "9000"                            |
      | SELECT                 | 65000 bytes                       |
      | GET PROCESSING OPTIONS | "9000"                            |
      | GET PROCESSING OPTIONS | "7703820200009000"                |
      | GET PROCESSING OPTIONS | "77098202198094030801029000"      |
      | GET PROCESSING OPTIONS | "80029000"                        |
      | READ RECORD            | "9000"                            |
      | READ RECORD            | "70059F9F9F9F9F9000"              |
      | READ RECORD            | "710570038C01009000"              |
      | READ RECORD            | 65000 bytes                       |
      | GENERATE AC            | "9000"                            |
      | GENERATE AC            | "77079F27019000"                  |
      | GENERATE AC            | "77059F2701809000"                |
