@requires:controlled-merchant-ase @onboarding @payment
Feature: Payments by the configuration of an onboarded terminal
  What a terminal does with a card comes from its merchant ASE: decided at the office, signed in the HSM, fetched by the terminal, in force from
  the next tap on. A configuration that is forged changes nothing.

  Scenario: a floor limit sends a card online that was approved offline
    Given a cardholder with 50.00 EUR and a card "plain-contact"
    And a merchant who takes EUR with an onboarded terminal "contact"
    When the office decides on a floor limit of 2000 for the shop's terminal
    And the terminal of the shop fetches its configuration
    And the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"
    When the office decides on a floor limit of 1000 for the shop's terminal
    And the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"
    When the terminal of the shop fetches its configuration
    And the cardholder taps for 12.50 EUR
    Then the terminal shows "Declined" because "card is not known to an issuer"
    And the terminal of the shop works by version 3

  Scenario: an application that the merchant ASE takes away, and gives back
    Given a cardholder with 50.00 EUR and a card "interledger"
    And a merchant who takes EUR with an onboarded terminal
    When the office decides on other applications for the shop's terminal
    And the terminal of the shop fetches its configuration
    And the cardholder taps for 12.50 EUR
    Then the terminal shows "Failed" because "card and terminal have no application in common"
    When the office decides on another country for the shop's terminal
    And the terminal of the shop fetches its configuration
    And the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"
    And the merchant has received 12.50 EUR

  @requires:controlled-customer-ase
  Scenario: keys of TDES DUKPT for a terminal, from the rotation after on
    Given a cardholder with 500.00 EUR and a card "interledger-pin"
    And a merchant who takes EUR with an onboarded terminal
    When the office decides on TDES DUKPT for the shop's terminal
    And the terminal of the shop fetches its configuration
    And the terminal of the shop rotates its keys
    And the cardholder taps for 80.00 EUR and enters the right PIN
    Then the terminal shows "Approved"
    And the payment was sent with key serial numbers of 10 bytes
    And the PIN went to the issuer as 8 bytes

  Scenario Outline: a terminal that is sent a configuration <what> keeps the one it has, and takes payments by it
    Given a cardholder with 50.00 EUR and a card "interledger"
    And a merchant who takes EUR with an onboarded terminal
    When the terminal of the shop is sent a configuration <what>
    Then the terminal of the shop refuses it because "<reason>"
    And the terminal of the shop works by version 2
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"
    And the merchant has received 12.50 EUR
    And the registry shows version 2 of the configuration of the terminal

    Examples:
      | what                                | reason                                                                |
      | with a flipped bit                  | configuration is not signed by who may sign it                        |
      | with a flipped bit in its signature | configuration is not signed by who may sign it                        |
      | that another terminal signed        | configuration is not signed by who may sign it                        |
      | of another terminal                 | configuration is for another terminal                                 |
      | that it had before                  | configuration is older than the one in use, or another one of its version |

  Scenario: a terminal that has not fetched a configuration yet
    Given a cardholder with 50.00 EUR and a card "interledger"
    And a merchant who takes EUR with an onboarded terminal
    And a terminal that has not fetched a configuration yet
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Failed" because "terminal has no configuration yet"
    And no money moved

  @requires:embedded-rafiki
  Scenario: a configuration is good for a week
    Given a cardholder with 50.00 EUR and a card "interledger"
    And a merchant who takes EUR with an onboarded terminal
    When a week passes
    And the cardholder taps for 12.50 EUR
    Then the terminal shows "Failed" because "terminal's configuration has expired: it has to fetch one"
    And no money moved
    When the terminal of the shop fetches its configuration
    And the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"
