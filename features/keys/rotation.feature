@requires:controlled-merchant-ase @keys
Feature: Keys of a terminal and their rotation
  A terminal gets new initial keys for PIN and account data at least monthly. Whatever happens on the way, it has one key set that works.

  Background:
    Given an onboarded terminal with keys

  Scenario: a rotation is due after 30 days
    Then no rotation is due
    When 29 days pass
    Then no rotation is due
    When 1 day passes
    Then the terminal's keys are usable
    And a rotation is due, and succeeds
    And the terminal uses key generation 2

  Scenario: an overdue terminal is refused until it rotates
    When 31 days pass
    Then the terminal's keys are refused because "terminal did not rotate its keys in time"
    When the terminal rotates its keys
    Then the terminal's keys are usable

  Scenario: two generations overlap for a day
    When the terminal rotates its keys
    Then the former keys are usable
    And the terminal's keys are usable
    When 1 day passes
    Then the former keys are refused because "key generation was replaced and its grace is over"
    And the terminal's keys are usable

  Scenario: a rotation on demand
    When the merchant ASE demands a rotation
    Then a rotation is due, and succeeds
    And the former keys are usable

  Scenario: a rotation in an emergency
    When the merchant ASE withdraws the terminal's keys
    Then the terminal's keys are refused because "key generation was withdrawn in an emergency"
    And a rotation is due, and succeeds
    And the former keys are refused because "key generation was withdrawn in an emergency"
    And the terminal's keys are usable

  Scenario Outline: a rotation that is cut <when>
    When the rotation of the keys is cut <when>
    Then the ceremony ends because "merchant ASE cannot be reached"
    And the terminal uses key generation 1
    And the terminal's keys are usable
    When the terminal rotates its keys
    Then the ceremony is done
    And the terminal uses key generation 2
    And the terminal's keys are usable

    Examples:
      | when                                |
      | before the keys are asked for       |
      | before the keys arrive              |
      | before the confirmation arrives     |
      | before the confirmation is answered |

  Scenario Outline: a rotation that is cut <when>, and the terminal loses its power
    When the power is lost in a rotation of the keys, <when>
    Then the ceremony ends because "merchant ASE cannot be reached"
    And the terminal uses key generation 1
    And the terminal's keys are usable
    When the terminal rotates its keys
    Then the ceremony is done
    And the terminal uses key generation 2
    And the terminal's keys are usable

    Examples:
      | when                                |
      | before the keys are asked for       |
      | before the keys arrive              |
      | before the confirmation arrives     |
      | before the confirmation is answered |

  Scenario: a rotation that is cut for longer than the grace
    When the rotation of the keys is cut before the confirmation is answered
    And 2 days pass
    Then the terminal's keys are refused because "key generation was replaced and its grace is over"
    And a rotation is due, and succeeds
    And the terminal uses key generation 2
    And the terminal's keys are usable

  Scenario: an emergency while keys are on their way
    When the rotation of the keys is cut before the confirmation arrives
    And the merchant ASE withdraws the terminal's keys
    Then the terminal's keys are refused because "key generation was withdrawn in an emergency"
    When the terminal rotates its keys
    Then the terminal uses key generation 3
    And the terminal's keys are usable

  Scenario: keys of TDES DUKPT instead of AES, which stay of that kind, and back
    When the terminal rotates to keys of TDES DUKPT
    Then the terminal uses key generation 2
    And the terminal's keys are of TDES DUKPT
    And the terminal's keys are usable
    When the terminal rotates its keys
    Then the terminal uses key generation 3
    And the terminal's keys are of TDES DUKPT
    When the terminal rotates to keys of AES DUKPT
    Then the terminal uses key generation 4
    And the terminal's keys are of AES DUKPT
    And the terminal's keys are usable

  Scenario Outline: keys of another DUKPT after a rotation that was cut <when>
    When the rotation of the keys is cut <when>
    And the terminal rotates to keys of TDES DUKPT
    Then the ceremony is done
    And the terminal uses key generation <generation>
    And the terminal's keys are of TDES DUKPT
    And the terminal's keys are usable

    Examples:
      | when                                | generation |
      | before the keys are asked for       | 2          |
      | before the keys arrive              | 3          |
      | before the confirmation arrives     | 3          |
      | before the confirmation is answered | 3          |

  Scenario: two rotations at once give one result
    When the terminal rotates its keys twice at once
    Then the terminal uses key generation 2
    And the terminal's keys are usable

  Scenario Outline: a terminal that was reported as <state>
    When the merchant ASE reports the terminal as <state>
    Then the terminal's keys are refused because "terminal is out of service and its keys are erased"
    When the terminal rotates its keys
    Then the ceremony ends because "<reason>"
    And the device holds no keys

    Examples:
      | state          | reason                               |
      | decommissioned | terminal was taken out of service    |
      | compromised    | terminal was reported as compromised |

  Scenario: a terminal that was opened
    When somebody opens the device
    Then the device holds no keys
    When the terminal rotates its keys
    Then the ceremony ends because "device was tampered with and holds no keys"
