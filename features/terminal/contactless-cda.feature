@terminal @contactless @CL-C2-6 @EMV-B2-6.6
Feature: Contactless CDA
  Kernel 2 knows one offline data authentication: the card signs its cryptogram, the exchange of relay resistance data included.

  Background:
    Given a terminal "contactless"
    And a cardholder with a card "mchip-like-contactless"

  Scenario Outline: a sound card, <amount>
    A terminal that failed this would send every genuine card to its issuer, or away.
    When a purchase of <amount> is made
    Then the terminal sent "<command>"
    And the terminal notes under "Offline data authentication": "CDA successful"
    And the TVR does not have "CDA failed"
    And the outcome status is "<status>"

    Examples:
      | amount    | command  | status         |
      | 10.00 EUR | 80AE5000 | APPROVED       |
      | 60.00 EUR | 80AE9000 | ONLINE REQUEST |

  Scenario Outline: <what>
    A terminal that failed this would approve a counterfeit card, whose cryptogram only its issuer can tell.
    Given a cardholder with a card "mchip-like-contactless" that differs in:
      """
      faults: { corrupt: ["<tag>"] }
      """
    When a purchase of 10.00 EUR is made
    Then the kernel ends with "EndApplication"
    And the Error Indication is "L2 CAM FAILED"
    And the TVR is "0400000002"
    And the reader shows "Insert, swipe or try another card"
    And the issuer was not asked

    Examples:
      | what                                                  | tag  |
      | the signature is not the card's                       | 9F4B |
      | the certificate of the card is not its issuer's       | 9F46 |
      | the certificate of the issuer is not the authority's  | 90   |
      | signed data in a record were changed                  | 9F07 |
      | the cryptogram's data were changed                    | 9F10 |

  Scenario: a terminal that does not have the authority's key
    A terminal that failed this would trust a certificate that it cannot check, or not even ask the issuer.
    Given the terminal's "CA keys" is "none"
    When a purchase of 10.00 EUR is made
    Then the TVR is "0400000002"
    And the terminal sent "80AE8000"
    And the outcome status is "ONLINE REQUEST"
    And the kernel ends with "Approved"

  Scenario: a terminal whose key of the authority has expired
    A terminal that failed this would trust an authority longer than it wants to be trusted.
    Given the terminal's CA key "E1" has the expiry "251231"
    When a purchase of 10.00 EUR is made
    Then the TVR is "0400000002"
    And the outcome status is "ONLINE REQUEST"

  Scenario: a revoked certificate of the issuer
    A terminal that failed this would trust an issuer whose key is in other hands.
    Given the certificate "000001" under CA key "E1" of "A000000004" is revoked
    When a purchase of 10.00 EUR is made
    Then the Error Indication is "L2 CAM FAILED"
    And the TVR has "CDA failed"

  Scenario Outline: <what>
    A terminal that failed this would ask for a signature that nobody can make or check, and hide that there is none.
    Given <change>
    When a purchase of 10.00 EUR is made
    Then the TVR is "<TVR>"
    And the terminal sent "80AE8000"
    And the outcome status is "ONLINE REQUEST"

    Examples:
      | what                                     | change                                 | TVR        |
      | a card without CDA                       | the card's data object 82 is "1881"    | 8000000002 |
      | a card without its certificate           | the card has no data object 9F46       | 2400000002 |
      | a card without index of the authority    | the card has no data object 8F         | 2400000002 |

  Scenario: a reader without CDA
    A terminal that failed this would ask for a signature that it does not check.
    Given kernel 2 has:
      | Security Capability | 00 |
    When a purchase of 10.00 EUR is made
    Then the TVR is "8000000002"
    And the terminal sent "80AE8000"

  Scenario Outline: an AAC <what>
    A terminal that failed this would let declines of a card be forged, or ask for a signature that the card does not have.
    Given kernel 2 has:
      | Terminal Action Code - Denial | 0000000002 |
    And the card's data object 9F5D is "<capabilities>"
    When a purchase of 10.00 EUR is made
    Then the terminal sent "<command>"
    And the outcome status is "DECLINED"

    Examples:
      | what                      | capabilities | command  |
      | that the card signs       | 000300       | 80AE1000 |
      | that the card cannot sign | 000200       | 80AE0000 |

  Scenario: a device with cardholder verification of its own, and nothing to check its signature by
    A terminal that failed this would send a phone online whose verification it cannot trust.
    Given the card's data object 82 is "1B81"
    And the terminal's "CA keys" is "none"
    When a purchase of 10.00 EUR is made
    Then the terminal sent "80AE0000"
    And the kernel ends with "Declined"
