@terminal @contactless @CL-C2-3.10
Feature: Relay resistance protocol
  The terminal times an exchange with the card: what answers too soon or too late may be a relay, and the card signs what was said.

  # The card says that it needs 1.0 to 5.0 ms and 3.0 ms on air; the terminal expects 1.8 + 2.4 ms on air, and grants 2.0 and 5.0 ms of grace.
  Background:
    Given a terminal "contactless"
    And a cardholder with a card "mchip-like-contactless"

  Scenario Outline: exchanges of <times> ms
    A terminal that failed this would let a card be used from far away, or take an honest card for a relay.
    Given exchanges of relay resistance data take "<times>" ms
    When a purchase of 10.00 EUR is made
    Then the terminal sent "80EA" <exchanges> times
    And the TVR is "<TVR>"
    And the outcome status is "<status>"
    And the kernel ends with "Approved"

    Examples:
      | times               | exchanges | TVR        | status         |
      | 4.2                 | 1         | 0000000002 | APPROVED       |
      | 9.2                 | 1         | 0000000002 | APPROVED       |
      | 14.2                | 1         | 0000000002 | APPROVED       |
      | 14.3, 9.2           | 2         | 0000000002 | APPROVED       |
      | 14.3, 14.3, 9.2     | 3         | 0000000002 | APPROVED       |
      | 14.3, 14.3, 14.3    | 3         | 0000000006 | ONLINE REQUEST |
      | 1000                | 3         | 000000000E | ONLINE REQUEST |

  Scenario: an answer sooner than the card can give it
    A terminal that failed this would take an answer that was prepared elsewhere.
    Given a cardholder with a card "mchip-like-contactless" that differs in:
      """
      applications:
        - relayResistance: { shortest: "0064" }
      """
    And exchanges of relay resistance data take "12.1" ms
    When a purchase of 10.00 EUR is made
    Then the kernel ends with "EndApplication"
    And the Error Indication is "L2 CARD DATA ERROR"
    And the terminal did not send "80AE"

  Scenario: an answer at the edge of what the card can
    A terminal that failed this would take a fast card for a relay.
    Given a cardholder with a card "mchip-like-contactless" that differs in:
      """
      applications:
        - relayResistance: { shortest: "0064", longest: "00C8" }
      """
    And exchanges of relay resistance data take "12.2" ms
    When a purchase of 10.00 EUR is made
    Then the TVR is "0000000002"
    And the kernel ends with "Approved"

  Scenario Outline: a card that says it takes <transmission> on air
    A terminal that failed this would not see that the time on air is not what card and terminal agree on.
    Given a cardholder with a card "mchip-like-contactless" that differs in:
      """
      applications:
        - relayResistance: { transmission: "<time>" }
      """
    And exchanges of relay resistance data take "6.0" ms
    When a purchase of 10.00 EUR is made
    Then the TVR is "<TVR>"
    And the outcome status is "<status>"

    Examples:
      | transmission | time | TVR        | status         |
      | 1.1 ms       | 000B | 000000000A | ONLINE REQUEST |
      | 1.2 ms       | 000C | 0000000002 | APPROVED       |
      | 4.8 ms       | 0030 | 0000000002 | APPROVED       |
      | 4.9 ms       | 0031 | 000000000A | ONLINE REQUEST |
      | nothing      | 0000 | 0000000002 | APPROVED       |

  Scenario Outline: a card that needs 2.0 ms on air, and <time> ms in all
    A terminal that failed this would grant a fast card the time on air of a slow one, and a relay that much more.
    Given a cardholder with a card "mchip-like-contactless" that differs in:
      """
      applications:
        - relayResistance: { transmission: "0014" }
      """
    And exchanges of relay resistance data take "<time>" ms
    When a purchase of 10.00 EUR is made
    Then the TVR is "<TVR>"

    Examples:
      | time | TVR        |
      | 13.8 | 0000000002 |
      | 13.9 | 0000000006 |

  Scenario: far longer than the shortest, and yet not too long for the card
    A terminal that failed this would not ask the issuer about a card whose time tells nothing.
    Given a cardholder with a card "mchip-like-contactless" that differs in:
      """
      applications:
        - relayResistance: { longest: "0FFF" }
      """
    And exchanges of relay resistance data take "35.3" ms
    When a purchase of 10.00 EUR is made
    Then the terminal sent "80EA" 1 time
    And the TVR is "000000000A"
    And the outcome status is "ONLINE REQUEST"

  Scenario: a card without the protocol
    A terminal that failed this would ask cards for an exchange that they do not know.
    Given the card's data object 82 is "1980"
    When a purchase of 10.00 EUR is made
    Then the terminal did not send "80EA"
    And the TVR is "0000000001"
    And the kernel ends with "Approved"

  Scenario: a terminal without the protocol
    A terminal that failed this would make every tap slower for nothing.
    Given kernel 2 has:
      | Kernel Configuration | 20 |
    When a purchase of 10.00 EUR is made
    Then the terminal did not send "80EA"
    And the TVR is "0000000001"

  Scenario: the terminal's entropy is the unpredictable number
    A terminal that failed this would let an exchange of one transaction serve another.
    Given the terminal's random numbers have the seed "relay"
    And exchanges of relay resistance data take "15, 6" ms
    When a purchase of 60.00 EUR is made
    Then the unpredictable number is that of the last exchange
    And the terminal notes under "Offline data authentication": "CDA successful"

  Scenario Outline: the exchange is answered <what>
    A terminal that failed this would go on with a card that breaks the protocol.
    Given commands that begin with "80EA" get the answer "<answer>"
    When a purchase of 10.00 EUR is made
    Then the kernel ends with "EndApplication"
    And the Error Indication is "<error>"

    Examples:
      | what                           | answer                                  | error                |
      | by a refusal                   | 6985                                    | L2 STATUS BYTES 6985 |
      | with a byte too few            | 8009 A1A2A3A4000A003200 9000            | L2 PARSING ERROR     |
      | in another template            | 770A A1A2A3A4000A0032001E 9000          | L2 PARSING ERROR     |

  Scenario: data that the card did not sign
    A terminal that failed this would take times that somebody on the way has made up.
    Given commands that begin with "80EA" get the answer "800A A1A2A3A4000A0032001E 9000"
    When a purchase of 10.00 EUR is made
    Then the Error Indication is "L2 CAM FAILED"
    And the TVR is "0400000002"

  Scenario: the card leaves inside the exchange
    A terminal that failed this would wait for a card that is gone.
    Given the card will leave inside EXCHANGE RELAY RESISTANCE DATA
    When a purchase of 10.00 EUR is made
    Then the kernel ends with "TryAgain"
    And the reader shows "Present card again"
