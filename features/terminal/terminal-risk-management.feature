@terminal @contact @EMV-B3-10.6
Feature: Terminal risk management
  The terminal looks for reasons to ask the issuer that the card does not know: the amount, chance, the time since the issuer was last asked.

  Background:
    Given a cardholder with a card "plain-contact"
    And a terminal "contact" whose own rules never match

  @EMV-B3-10.6.1
  Scenario Outline: floor limit 12.50, a purchase of <amount>
    A terminal that counts the floor limit wrongly approves offline what the acquirer does not answer for.

    Given the terminal's "floor limit" is "12.50"
    When a purchase of <amount> is made
    Then the TVR is "<TVR>"
    And the TSI is "E800"

    Examples: the limit itself is over it
      | amount    | TVR        |
      | 12.49 EUR | 0000000000 |
      | 12.50 EUR | 0000008000 |
      | 12.51 EUR | 0000008000 |

  @EMV-B3-10.6.2
  Scenario Outline: target <target>, maximum <maximum> from <threshold> to a floor limit of 100.00; <amount>, drawn <number>
    A terminal whose choice is not biased towards large amounts asks for the wrong ones.

    Given the terminal has:
      | floor limit      | 100.00      |
      | random target    | <target>    |
      | random maximum   | <maximum>   |
      | random threshold | <threshold> |
    And the terminal draws the random number <number>
    When a purchase of <amount> is made
    Then the TVR is "<TVR>"

    Examples: below the threshold the target counts, up to it
      | target | maximum | threshold | amount    | number | TVR        |
      | 40     | 40      | 50.00     | 12.50 EUR | 40     | 0000001000 |
      | 40     | 40      | 50.00     | 12.50 EUR | 41     | 0000000000 |
      | 40     | 99      | 50.00     | 49.99 EUR | 41     | 0000000000 |
      | 40     | 99      | 50.00     | 12.50 EUR | 40     | 0000001000 |
      | 0      | 0       | 50.00     | 12.50 EUR | 1      | 0000000000 |
      | 99     | 99      | 50.00     | 12.50 EUR | 99     | 0000001000 |

    Examples: from the threshold on it grows to the maximum at the floor limit
      | target | maximum | threshold | amount    | number | TVR        |
      | 0      | 80      | 0.00      | 50.00 EUR | 40     | 0000001000 |
      | 0      | 80      | 0.00      | 50.00 EUR | 41     | 0000000000 |
      | 20     | 60      | 50.00     | 75.00 EUR | 40     | 0000001000 |
      | 20     | 60      | 50.00     | 75.00 EUR | 41     | 0000000000 |
      | 20     | 60      | 50.00     | 99.99 EUR | 59     | 0000001000 |
      | 20     | 60      | 50.00     | 99.99 EUR | 60     | 0000000000 |

    Examples: over the floor limit nothing is drawn
      | target | maximum | threshold | amount     | number | TVR        |
      | 99     | 99      | 0.00      | 100.00 EUR | 1      | 0000008000 |

  @EMV-B3-10.6.2
  Scenario: a terminal without a way to the issuer draws nothing
    A terminal that selects for online processing where there is none declines at random.

    Given the terminal has:
      | type           | 23 |
      | random target  | 99 |
      | random maximum | 99 |
    When a purchase of 12.50 EUR is made
    Then the TVR is "0000000000"

  @EMV-B3-10.6.2
  Scenario Outline: random numbers of the seed <seed>
    A terminal whose chance cannot be set again cannot be tried twice with the same outcome.

    Given the terminal has:
      | random target  | 50 |
      | random maximum | 50 |
    And the terminal's random numbers have the seed "<seed>"
    When a purchase of 12.50 EUR is made
    Then the terminal notes under "Terminal risk management": "random number <number>, selected up to 50"
    And the TVR is "<TVR>"

    Examples:
      | seed  | number | TVR        |
      | one   | 36     | 0000001000 |
      | two   | 99     | 0000000000 |
      | six   | 68     | 0000000000 |
      | five  | 16     | 0000001000 |

  @EMV-B3-10.6.3
  Scenario Outline: limits <lower> and <upper>, <before> payments of a new card that was never online
    A terminal that does not count offline transactions lets a stolen card pay until it expires.

    Given the card's data objects are:
      | 9F14 | <lower> |
      | 9F23 | <upper> |
    And the card's transaction counter stands at <before>
    When a purchase of 12.50 EUR is made
    Then the TVR is "<TVR>"
    And the TSI is "E800"

    Examples: this payment counts; over the limit is more than the limit
      | lower | upper | before | TVR        |
      | 02    | 04    | 0      | 0008000000 |
      | 02    | 04    | 1      | 0008000000 |
      | 02    | 04    | 2      | 0008004000 |
      | 02    | 04    | 3      | 0008004000 |
      | 02    | 04    | 4      | 0008006000 |
      | 00    | 00    | 0      | 0008006000 |

    Examples: without both limits nothing is counted
      | lower | upper | before | TVR        |
      | none  | 04    | 9      | 0000000000 |
      | 02    | none  | 9      | 0000000000 |

  @EMV-B3-10.6.3
  Scenario Outline: <count> payments after one that was online
    A terminal that does not look at when the card was last online counts from the wrong end.

    Given the card's data objects are:
      | 9F14 | 02 |
      | 9F23 | 04 |
    And the terminal's "TAC online" is "0000000800"
    When a purchase of 12.50 EUR is made, forced online
    And <count> purchases of 12.50 EUR are made one after the other
    Then the TVR is "<TVR>"
    And the issuer was not asked

    Examples:
      | count | TVR        |
      | 1     | 0000000000 |
      | 2     | 0000000000 |
      | 3     | 0000004000 |
      | 5     | 0000006000 |

  @EMV-B3-10.6.3
  Scenario Outline: GET DATA <tag> is answered with <answer>
    A terminal that takes a counter that it cannot read for a low one is switched off by a card that does not tell it.

    Given the card's data objects are:
      | 9F14 | 63 |
      | 9F23 | 63 |
    And commands that begin with "80CA<tag>" get the answer "<answer>"
    When a purchase of 12.50 EUR is made
    Then the TVR is "<TVR>"

    Examples: not there, malformed, a last online transaction that is still to come
      | tag  | answer            | TVR        |
      | 9F36 | 6A88              | 0008006000 |
      | 9F13 | 6A88              | 0000006000 |
      | 9F13 | 9F130100 9000     | 0000006000 |
      | 9F13 | 9F1302FFFF 9000   | 0000006000 |

  @EMV-B4-6.3.5
  Scenario: the card's account is on the exception file
    A terminal without an eye on its exception file approves cards that were reported stolen.

    Given the terminal's exception file has the card's account
    When a purchase of 12.50 EUR is made
    Then the TVR is "1000000000"

  @EMV-B4-6.3.5
  Scenario Outline: the card's account is on the exception file with the sequence number <sequence>
    A terminal that looks at the account alone blocks the card that replaced a stolen one.

    Given the terminal's exception file has the card's account with the sequence number "<sequence>"
    When a purchase of 12.50 EUR is made
    Then the TVR is "<TVR>"

    Examples: the card is number 01
      | sequence | TVR        |
      | 01       | 1000000000 |
      | 02       | 0000000000 |

  Scenario: the merchant wants to ask the issuer
    A terminal that forgets what the merchant pressed leaves a suspicious merchant alone.

    Given the terminal's "TAC online" is "0000000800"
    When a purchase of 12.50 EUR is made, forced online
    Then the TVR is "0000000800"
    And the issuer was asked
    And the terminal shows "Approved"

  Scenario: a card that does not ask for terminal risk management
    A terminal whose TSI says that it managed risks that it left alone misleads the issuer.

    Given the card's data object 82 is "7500"
    And the terminal's "floor limit" is "1.00"
    When a purchase of 12.50 EUR is made
    Then the TVR is "0000000000"
    And the TSI is "E000"
