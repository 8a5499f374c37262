@requires:controlled-merchant-ase @onboarding
Feature: The end of a terminal
  A terminal that is decommissioned or was reported as compromised is none any more: its certificates are revoked, its keys are erased on both
  sides, and whatever it asks for is refused, also when somebody made a copy of it before.

  Background:
    Given a merchant with an onboarded terminal
    And settings "default" that the merchant ASE decided

  Scenario Outline: a copy of a <state> terminal <what>
    Given somebody has made a copy of the terminal
    Then the copy <what> and hears "done"
    When the merchant ASE reports the terminal as <state>
    Then the copy <what> and hears "<answer>"

    Examples:
      | state          | what                           | answer                                             |
      | decommissioned | asks for keys                  | terminal was taken out of service                  |
      | decommissioned | confirms its keys              | terminal was taken out of service                  |
      | decommissioned | asks whether a rotation is due | terminal was taken out of service                  |
      | decommissioned | asks for its configuration     | terminal was taken out of service                  |
      | decommissioned | asks for money                 | terminal's certificate is refused (it was revoked) |
      | compromised    | asks for keys                  | terminal was reported as compromised               |
      | compromised    | confirms its keys              | terminal was reported as compromised               |
      | compromised    | asks whether a rotation is due | terminal was reported as compromised               |
      | compromised    | asks for its configuration     | terminal was reported as compromised               |
      | compromised    | asks for money                 | terminal's certificate is refused (it was revoked) |

  Scenario Outline: a terminal that was <state> forgets everything
    Given the terminal has fetched its configuration
    When the merchant ASE reports the terminal as <state>
    And the terminal fetches its configuration
    Then the ceremony ends because "<reason>"
    And the device has forgotten its onboarding
    When the terminal fetches its configuration
    Then the ceremony ends because "device is not onboarded"

    Examples:
      | state          | reason                               |
      | decommissioned | terminal was taken out of service    |
      | compromised    | terminal was reported as compromised |

  Scenario: a device that was decommissioned becomes another terminal
    When the merchant ASE reports the terminal as decommissioned
    And the terminal rotates its keys
    And the device is onboarded
    Then the ceremony is done
    When the terminal rotates its keys
    Then the terminal uses key generation 1
    And the terminal's keys are usable
