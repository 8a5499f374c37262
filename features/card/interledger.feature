@card @interledger
Feature: The Interledger card application
  The wallet address is personalised data; the card signs what the POS API sends on.

  @EMV-B3-6.5.5 @requires:controlled-customer-ase
  Scenario Outline: "<card>" from SELECT to its cryptogram
    A card that failed this could not pay at any Interledger terminal.
    Given a cardholder with 50.00 EUR and a card "<card>"
    And the cardholder's card in the reader
    And the terminal says:
      | tag  | value                              |
      | DF01 | "$shop.tapbench.example/receiver"  |
      | DF02 | "$shop.tapbench.example/request"   |
    When the terminal has read the card
    Then the card has told:
      | tag  | value                                                             |
      | 84   | A000000151 03010C0601                                             |
      | 82   | 0000                                                              |
      | 9F36 | 0001                                                              |
      | 8C   | 9F3602 9F0206 5F2A02 5F3601 9A03 9F2103 9F3704 DF0140 DF0240      |
    When the terminal sends "GENERATE AC for an ARQC"
    Then the card answers 9000
    And the answer is built as "77(9F27 9F36 9F26)"
    And the answer has:
      | tag  | value    |
      | 9F27 | <cid>    |
      | 9F36 | 0001     |
    And the card answers these commands in turn:
      | command                 | answer |
      | GENERATE AC for an ARQC | 6985   |

    Examples:
      | card             | cid |
      | interledger      | 80  |
      | interledger-p256 | C1  |

  @EMV-B3-6.5.5 @requires:controlled-customer-ase
  Scenario Outline: GENERATE AC <what>
    A card that failed this would sign what could be used in place of another payment.
    Given a cardholder with 50.00 EUR and a card "interledger"
    And the cardholder's card in the reader
    And the terminal has read the card
    And the terminal says:
      | tag  | value |
      | 9F36 | <atc> |
    When the terminal sends "<command>"
    Then the card answers <answer>

    Examples:
      | what                                | atc  | command                               | answer |
      | with P1 of EMV                      | 0001 | GENERATE AC for an ARQC               | 9000   |
      | with P1 of Interledger's terminal   | 0001 | GENERATE AC for an ARQC, P1 C1        | 9000   |
      | for a TC                            | 0001 | GENERATE AC for a TC                  | 6A86   |
      | over another transaction counter    | 0002 | GENERATE AC for an ARQC               | 6985   |
      | over data that are a byte short     | 0001 | GENERATE AC for an ARQC, a byte short | 6700   |

  @EMV-B3-6.3.5
  Scenario Outline: "<card>" has no <what>
    A card that failed this would do for an issuer of EMV what its own issuer does not know of.
    Given a cardholder with 50.00 EUR and a card "<card>"
    And the cardholder's card in the reader
    And the card stands after GET PROCESSING OPTIONS
    When the terminal sends "<command>"
    Then the card answers <answer>

    Examples:
      | card             | what                  | command                                                        | answer |
      | interledger      | PIN                   | VERIFY of a wrong PIN                                          | 6D00   |
      | interledger      | challenge             | GET CHALLENGE                                                  | 6D00   |
      | interledger      | key of its own        | INTERNAL AUTHENTICATE, data 01234567                           | 6D00   |
      | interledger      | issuer authentication | EXTERNAL AUTHENTICATE                                          | 6D00   |
      | interledger      | relay resistance      | EXCHANGE RELAY RESISTANCE DATA                                 | 6D00   |
      | interledger      | mag-stripe mode       | COMPUTE CRYPTOGRAPHIC CHECKSUM                                 | 6D00   |
      | interledger-p256 | scripts               | 841E0000080000000000000000                                     | 6D00   |
