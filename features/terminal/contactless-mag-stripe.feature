@terminal @contactless @CL-C2-6
Feature: Contactless mag-stripe mode
  Where one side has no EMV mode, the card makes a dynamic code over a number of the terminal's, and the terminal puts both into the tracks.

  Background:
    Given a terminal "contactless"
    And a cardholder with a card "mchip-like-contactless"
    And kernel 2 has:
      | Kernel Configuration | 70 |

  Scenario: a terminal without EMV mode
    A terminal that failed this would send the issuer tracks that it cannot verify.
    When a purchase of 10.00 EUR is made
    Then the kernel works in mag-stripe mode
    And the terminal sent "802A8E80" 1 time
    And the terminal did not send "80AE"
    And the dynamic code on track 2 is the card's
    And the dynamic code on track 1 is the card's
    And the outcome status is "ONLINE REQUEST"
    And the Outcome Parameter Set is "30F0F000B0F0FF00"

  Scenario Outline: the number has <digits> digits
    A terminal that failed this would put digits where the issuer does not look for them.
    Given the card's data objects are:
      | 9F63 | <numbers> |
      | 9F66 | <numbers 2> |
      | 9F64 | <counter> |
      | 9F67 | <counter> |
    When a purchase of 10.00 EUR is made
    Then the terminal notes under "Unpredictable number (numeric)": "<digits> digits"
    And the dynamic code on track 2 is the card's
    And the dynamic code on track 1 is the card's
    And track 2 ends with the digit <digits>

    Examples:
      | digits | numbers      | numbers 2 | counter |
      | 3      | 0000000003F0 | 03F0      | 03      |
      | 2      | 0000000001F0 | 01F0      | 03      |
      | 4      | 0000000000F0 | 00F0      | 00      |
      | 0      | 0000000003F0 | 03F0      | 06      |

  Scenario: a card without EMV mode
    A terminal that failed this would ask a card for a cryptogram that it cannot make.
    Given kernel 2 has:
      | Kernel Configuration | 30 |
    And the card's data object 82 is "1801"
    When a purchase of 10.00 EUR is made
    Then the kernel works in mag-stripe mode
    And the outcome status is "ONLINE REQUEST"

  Scenario: a card without EMV mode at a terminal without mag-stripe mode
    A terminal that failed this would work in a mode that its acquirer does not take.
    Given kernel 2 has:
      | Kernel Configuration | B0 |
    And the card's data object 82 is "1801"
    When a purchase of 10.00 EUR is made
    Then the kernel ends with "EndApplication"
    And the Error Indication is "L2 MAGSTRIPE NOT SUPPORTED"
    And the reader shows "Insert, swipe or try another card"
    And the terminal did not send "802A"

  @CL-C2-7
  Scenario Outline: cardholder verification <required> of <amount>
    A terminal that failed this would verify cardholders otherwise than it is set up to: a stripe has no list.
    Given kernel 2 has:
      | Mag-stripe CVM Capability - CVM Required    | <required> |
      | Mag-stripe CVM Capability - No CVM Required | <other>    |
    When a purchase of <amount> is made
    Then the outcome's CVM is "<CVM>"
    And <receipt> receipt is wanted

    Examples:
      | amount    | required | other | CVM              | receipt |
      | 50.00 EUR | 10       | 00    | NO CVM           | no      |
      | 50.01 EUR | 10       | 00    | OBTAIN SIGNATURE | a       |
      | 50.01 EUR | 20       | 00    | ONLINE PIN       | a       |
      | 50.01 EUR | F0       | 00    | none             | a       |
      | 50.00 EUR | 20       | 10    | OBTAIN SIGNATURE | no      |

  Scenario: an amount above the transaction limit
    A terminal that failed this would take contactless payments above its limit in the weaker mode.
    When a purchase of 300.01 EUR is made
    Then the Error Indication is "L2 MAX LIMIT EXCEEDED"
    And the terminal notes under "Outcome": "SELECT NEXT, start C"
    And the terminal did not send "802A"

  Scenario Outline: a card <what>
    A terminal that failed this would send tracks that no issuer can read.
    Given <change>
    When a purchase of 10.00 EUR is made
    Then the kernel ends with "EndApplication"
    And the Error Indication is "<error>"

    Examples:
      | what                                      | change                                                              | error                |
      | without track 2                           | the card has no data object 9F6B                                    | L2 CARD DATA MISSING |
      | that does not say where the code goes     | the card has no data object 9F65                                    | L2 CARD DATA MISSING |
      | that does not say where the number goes   | the card has no data object 9F66                                    | L2 CARD DATA MISSING |
      | whose tracks have room for other numbers  | the card's data object 9F67 is "02"                                 | L2 CARD DATA ERROR   |
      | with more counter digits than room        | the card's data object 9F67 is "0A"                                 | L2 CARD DATA ERROR   |
      | that makes no code for track 1            | commands that begin with "802A" get the answer "770A 9F610204D2 9F36020139 9000" | L2 CARD DATA MISSING |
      | that does not count                       | commands that begin with "802A" get the answer "7705 9F610204D2 9000" | L2 CARD DATA MISSING |
      | that refuses                              | commands that begin with "802A" get the answer "6985"               | L2 STATUS BYTES 6985 |
      | whose answer cannot be read               | commands that begin with "802A" get the answer "770A 9F6102 9000"   | L2 PARSING ERROR     |

  Scenario: a card that declines
    A terminal that failed this would go online without a dynamic code.
    Given commands that begin with "802A" get the answer "7705 9F36020139 9000"
    When a purchase of 10.00 EUR is made
    Then the outcome status is "DECLINED"
    And the reader shows "Not authorised"
    And the issuer was not asked

  Scenario: the card leaves inside COMPUTE CRYPTOGRAPHIC CHECKSUM
    A terminal that failed this would go on without a card.
    Given the card will leave inside COMPUTE CRYPTOGRAPHIC CHECKSUM
    When a purchase of 10.00 EUR is made
    Then the kernel ends with "TryAgain"
    And the reader shows "Present card again"
    When the same card is shown again
    And a purchase of 10.00 EUR is made
    Then the outcome status is "ONLINE REQUEST"
    And the dynamic code on track 2 is the card's
