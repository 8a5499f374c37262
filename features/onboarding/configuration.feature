@requires:controlled-merchant-ase @onboarding
Feature: Configuration of a terminal
  Which applications, keys of certification authorities, action codes and limits a terminal works by, and where its money goes, the merchant
  ASE decides. The terminal fetches it whole or not at all: signed by who may, for this terminal, of this time, wholly understood, never
  older than what it has.

  Background:
    Given a merchant with an onboarded terminal
    And settings "contact" that the merchant ASE decided

  Scenario: a terminal works by what its merchant ASE decided
    Then the terminal works by no configuration because "terminal has no configuration yet"
    When the terminal fetches its configuration
    Then the ceremony is done
    And the terminal works by version 1
    And the terminal takes "EUR"

  Scenario: limits decide what a terminal does with a card
    Given a cardholder with a card "mchip-like-contact"
    When the merchant ASE decides on a floor limit of 2000
    And the terminal fetches its configuration
    And the terminal sets itself up by it
    And a purchase of 12.50 EUR is made
    Then the TVR does not have "transaction exceeds floor limit"
    When the merchant ASE decides on a floor limit of 1000
    And the terminal fetches its configuration
    And the terminal sets itself up by it
    And a purchase of 12.50 EUR is made
    Then the TVR has "transaction exceeds floor limit"

  Scenario: a version rises with what is decided, and with the merchant's wallets
    Given the terminal has fetched its configuration
    When the merchant ASE decides on another country
    And the terminal fetches its configuration
    Then the terminal works by version 2
    When the merchant gets a wallet address for USD
    And the terminal fetches its configuration
    Then the terminal works by version 3
    And the terminal takes "USD"
    When the terminal fetches its configuration
    Then the terminal works by version 3
    And the registry knows that the terminal has version 3

  Scenario Outline: a configuration that <what>
    Given the terminal has fetched its configuration
    When the merchant ASE decides on another country
    And the terminal fetches a configuration that <what>
    Then the ceremony ends because "<reason>"
    And the terminal works by version 1

    Examples:
      | what                                                | reason                                                       |
      | has a flipped bit                                   | configuration is not signed by who may sign it               |
      | has a flipped bit in its signature                  | configuration is not signed by who may sign it               |
      | has a flipped bit in its certificate                | configuration is not signed by who may sign it               |
      | has a flipped bit in its revocation list            | configuration is not signed by who may sign it               |
      | came by half                                        | configuration is not signed by who may sign it               |
      | is signed by another terminal                       | configuration is not signed by who may sign it               |
      | is signed by the key distribution host              | configuration is not signed by who may sign it               |
      | is signed by another key in the signer's name       | configuration is not signed by who may sign it               |
      | is signed by a signer of another authority          | configuration is not signed by who may sign it               |
      | is signed by a signer whose certificate has expired | configuration is not signed by who may sign it               |
      | is signed by a signer who was revoked               | configuration is not signed by who may sign it               |
      | comes with a revocation list of the past            | configuration is not signed by who may sign it               |
      | is for another terminal                             | configuration is for another terminal                        |
      | has expired                                         | configuration has expired                                    |
      | is of the future                                    | configuration is of the future                               |
      | has a field that the terminal does not know         | configuration does not have the form that the terminal knows |
      | has a setting that the terminal does not know       | configuration does not have the form that the terminal knows |
      | lacks a setting                                     | configuration does not have the form that the terminal knows |
      | gives the terminal another name                     | configuration does not have the form that the terminal knows |
      | names a file in place of keys                       | configuration does not have the form that the terminal knows |
      | has an action code of four bytes                    | configuration does not have the form that the terminal knows |
      | is no object                                        | configuration does not have the form that the terminal knows |
      | has version 0                                       | configuration does not have the form that the terminal knows |

  Scenario: a terminal does not go back to an older version
    Given the terminal has fetched its configuration
    When the merchant ASE decides on another country
    And the terminal fetches its configuration
    And the terminal is given its first configuration again
    Then the ceremony ends because "configuration is older than the one in use, or another one of its version"
    And the terminal works by version 2

  Scenario: a version has one content
    Given the terminal has fetched its configuration
    When the terminal is given another content under its configuration's version
    Then the ceremony ends because "configuration is older than the one in use, or another one of its version"

  Scenario Outline: a configuration whose <part> is lost
    Given the terminal has fetched its configuration
    When the merchant ASE decides on another country
    And the terminal fetches its configuration and the <part> is lost
    Then the ceremony ends because "merchant ASE cannot be reached"
    And the terminal works by version 1
    When the terminal fetches its configuration
    Then the terminal works by version 2

    Examples:
      | part    |
      | request |
      | answer  |

  Scenario: a configuration is for seven days, and longer when it is fetched again
    Given the terminal has fetched its configuration
    When 7 days pass
    Then the terminal works by no configuration because "configuration has expired"
    When the terminal fetches its configuration
    Then the terminal works by version 1

  Scenario: no configuration while the merchant is suspended
    Given the terminal has fetched its configuration
    When the office suspends the merchant
    And the terminal fetches its configuration
    Then the ceremony ends because "merchant is suspended"
    And the terminal works by version 1
