@onboarding
Feature: What a device takes of a merchant ASE
  The device trusts the root that it was made with, and nothing else: it looks at every part of the answer before it keeps any, so that nobody
  between can make it another's terminal. What it refuses leaves it as it was, to be onboarded with the same activation code.

  Background:
    Given a device from the factory

  Scenario Outline: an answer <what>
    When the device is onboarded and gets an answer <what>
    Then the ceremony ends because "<reason>"
    And the device is no terminal
    When the device is onboarded
    Then the ceremony is done

    Examples: the chain
      | what                                               | reason                                                           |
      | of another root                                    | chain of the authority does not lead to the root that is trusted |
      | of a foreign authority with all that belongs to it | chain of the authority does not lead to the root that is trusted |
      | of an authority that the root did not certify      | chain of the authority does not lead to the root that is trusted |

    Examples: its own certificates
      | what                             | reason                                            |
      | certified by another authority   | certificate is refused                            |
      | expired                          | certificate is refused                            |
      | for another use                  | certificate is refused                            |
      | revoked                          | certificate is refused                            |
      | with a list that is over         | certificate is refused                            |
      | for another device               | certificate is not of this device's key and name  |
      | for another key                  | certificate is not of this device's key and name  |

    Examples: the key distribution host
      | what                             | reason                                           |
      | with a host without its list     | key distribution host's credential token is refused |
      | with a host of another authority | key distribution host's credential token is refused |

    Examples: its form
      | what                             | reason                                |
      | in another form                  | answer does not have the form of the API |
      | with a certificate that is none  | answer does not have the form of the API |
