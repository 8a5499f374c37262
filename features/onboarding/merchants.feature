@requires:controlled-merchant-ase @onboarding
Feature: Merchants
  A merchant is onboarded with a wallet address, a scale and perhaps a limit for each currency, and takes payments once it is activated. The
  merchant ASE's own people do this at their office. A merchant's state decides what its terminals get.

  Scenario: a merchant is activated, suspended, activated again and closed
    Given a merchant who was onboarded
    Then the office says that the merchant is "onboarded"
    When the office activates the merchant
    Then the office says that the merchant is "active"
    When the office suspends the merchant
    Then the office says that the merchant is "suspended"
    When the office activates the merchant
    Then the office says that the merchant is "active"
    When the office closes the merchant
    Then the office says that the merchant is "closed"

  Scenario: nobody is activated without a wallet address
    Given a merchant who was onboarded without a wallet address
    When the office activates the merchant
    Then the office refuses because "merchant has no wallet address yet"
    When the merchant gets a wallet address for EUR
    And the office activates the merchant
    Then the office says that the merchant is "active"

  Scenario: nobody is onboarded twice
    Given a merchant who was onboarded
    When the same merchant is onboarded again
    Then the office refuses because "merchant is registered already"

  Scenario: who was never active is not suspended
    Given a merchant who was onboarded
    When the office suspends the merchant
    Then the office refuses because "merchant cannot come there from the state it is in"

  Scenario: closed is for good
    Given a merchant who was onboarded
    When the office closes the merchant
    And the office activates the merchant
    Then the office refuses because "merchant cannot come there from the state it is in"

  Scenario Outline: somebody who shows <what> at the office
    Given a merchant who was onboarded
    When somebody shows <what> at the office
    Then the office refuses because "bearer secret is missing or wrong"

    Examples:
      | what                          |
      | nothing                       |
      | another secret                |
      | the secret without its scheme |

  Scenario: no terminal before the merchant is activated
    Given a merchant who was onboarded
    When the device is onboarded
    Then the ceremony ends because "merchant is not activated yet"
    When the office activates the merchant
    And the device is onboarded
    Then the ceremony is done

  Scenario: no terminal for a suspended merchant
    Given a merchant who was onboarded
    When the office activates the merchant
    And the office suspends the merchant
    And the device is onboarded
    Then the ceremony ends because "merchant is suspended"
    And the device is no terminal

  Scenario: no payment while the merchant is suspended
    Given a merchant with an onboarded terminal
    Then a payment of the terminal ends with "Approved"
    When the office suspends the merchant
    Then a payment of the terminal ends with "merchant is suspended"
    When the office activates the merchant
    Then a payment of the terminal ends with "Approved"

  Scenario: keys are rotated also while the merchant is suspended
    Given a merchant with an onboarded terminal
    When the office suspends the merchant
    And the terminal rotates its keys
    Then the ceremony is done

  Scenario: a limit and a currency of the merchant
    Given a merchant with an onboarded terminal
    When the merchant gets a limit of 1000 minor units
    Then a payment of the terminal ends with "amount is over the limit of the merchant"
    When the merchant gets a wallet address for USD
    Then a payment of the terminal ends with "merchant does not take this currency (EUR)"

  Scenario: terminals of a merchant who is closed go out of service
    Given a merchant with an onboarded terminal
    When the office closes the merchant
    Then the registry of terminals shows it as "decommissioned"
    And a payment of the terminal ends with "terminal's certificate is refused (it was revoked)"
    And the terminal's keys are refused because "terminal is out of service and its keys are erased"
