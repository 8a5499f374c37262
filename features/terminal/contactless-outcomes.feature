@terminal @contactless @CL-A-6.2
Feature: Contactless outcomes
  Every transaction ends in one of the outcomes of Book A, with its parameters, and a message that tells the cardholder what to do.

  Background:
    Given a terminal "contactless"
    And a cardholder with a card "mchip-like-contactless"
    And the cardholder enters the right PIN

  @CL-A-9.4
  Scenario: Approved
    A terminal that failed this would leave the cardholder waiting after an approval, or the merchant without a data record.
    When a purchase of 10.00 EUR is made
    Then the kernel ends with "Approved"
    And the Outcome Parameter Set is "10F0F000B0F0FF00"
    And the Error Indication is "no error"
    And the reader shows "Approved"
    And the terminal shows "Approved"
    And the issuer was not asked

  @CL-A-9.4
  Scenario: Declined
    A terminal that failed this would let a cardholder walk away with goods that the card has refused.
    Given a cardholder with a card "mchip-like-contactless" that differs in:
      """
      applications:
        - risk: { ceiling: 100 }
      """
    When a purchase of 10.00 EUR is made
    Then the kernel ends with "Declined"
    And the Outcome Parameter Set is "20F0F000B0F0FF00"
    And the Error Indication is "no error"
    And the reader shows "Not authorised"
    And the terminal shows "Declined" because "card declined"

  @CL-A-9.4
  Scenario Outline: Online Request, and the issuer <decides>
    A terminal that failed this would take a request for the issuer for its answer.
    Given <issuer>
    When a purchase of 60.00 EUR is made
    Then the outcome status is "ONLINE REQUEST"
    And the Outcome Parameter Set is "30F0F020B8F0FF00"
    And the issuer was asked
    And the kernel ends with "<outcome>"
    And the reader shows "Authorising, please wait", then "<shown>"
    And the terminal shows "<word>"

    Examples:
      | decides           | issuer                         | outcome  | shown          | word     |
      | approves          | the issuer approves            | Approved | Approved       | Approved |
      | declines          | the issuer declines with "05"  | Declined | Not authorised | Declined |
      | cannot be reached | the issuer cannot be reached   | Declined | Not authorised | Failed   |
      | is not found      | the issuer does not know the card | Declined | Not authorised | Declined |

  Scenario Outline: the issuer's answer is the terminal's last word: <reason>
    A terminal that failed this would not tell the merchant who has declined.
    Given <issuer>
    When a purchase of 60.00 EUR is made
    Then the terminal shows "<word>" because "<reason>"

    Examples:
      | issuer                            | word     | reason                         |
      | the issuer declines with "05"     | Declined | issuer declined                |
      | the issuer cannot be reached      | Failed   | issuer cannot be reached       |
      | the issuer does not know the card | Declined | card is not known to an issuer |

  @CL-A-9.4
  Scenario: Try Another Interface
    A terminal that failed this would not tell a cardholder that the same card can be put in.
    Given a cardholder with a card "mchip-like-contactless" that differs in:
      """
      applications:
        - risk: { ceiling: 100 }
      """
    And kernel 2 has:
      | Card Data Input Capability | 60 |
    When a purchase of 10.00 EUR is made
    Then the kernel ends with "TryAnotherInterface"
    And the Outcome Parameter Set is "60F0F000B0F0FF00"
    And the reader shows "Please insert card"

  Scenario Outline: Try Another Interface, shown by <what>
    A terminal that failed this would ask for a phone to be put into its slot.
    Given a cardholder with a card "mchip-like-contactless" that differs in:
      """
      applications:
        - risk: { ceiling: 100 }
      """
    And kernel 2 has:
      | Card Data Input Capability | 60 |
    And the card's data object 9F6E is "<third party data>"
    When a purchase of 10.00 EUR is made
    Then the kernel ends with "<outcome>"
    And the reader shows "<shown>"

    Examples:
      | what             | third party data | outcome             | shown              |
      | a phone          | 027600003130     | Declined            | Not authorised     |
      | a card           | 027600003030     | TryAnotherInterface | Please insert card |

  @CL-B-3.5
  Scenario: Select Next
    A terminal that failed this would end although the card's other application can pay.
    Given a cardholder with a card "two-contactless"
    And commands that begin with "80A80000038301" get the answer "6985"
    When a purchase of 10.00 EUR is made
    Then the terminal notes under "Outcome": "SELECT NEXT, start C"
    And the terminal notes under "Outcome": "APPROVED"
    And the kernel ends with "Approved"

  Scenario: Select Next without another application
    A terminal that failed this would try the same application for ever.
    Given commands that begin with "80A8" get the answer "6985"
    When a purchase of 10.00 EUR is made
    Then the kernel ends with "EndApplication"
    And the terminal sent "80A8" 1 time
    And the Error Indication is "L2 STATUS BYTES 6985"
    And the reader shows "Insert, swipe or try another card"

  @CL-A-9.4
  Scenario Outline: Try Again: the card leaves before <command>
    A terminal that failed this would lose a sale to a hand that moved too soon.
    Given the card will leave before its command <number>
    When a purchase of 10.00 EUR is made
    Then the kernel ends with "TryAgain"
    And the Outcome Parameter Set is "4010F0F050F0FF00"
    And the Error Indication is "L1 TIME OUT ERROR"
    And the reader shows "Present card again"
    When the same card is shown again
    And a purchase of 10.00 EUR is made
    Then the kernel ends with "Approved"

    Examples:
      | command                        | number |
      | SELECT of the PPSE             | 1      |
      | the final SELECT               | 2      |
      | GET PROCESSING OPTIONS         | 3      |
      | EXCHANGE RELAY RESISTANCE DATA | 4      |
      | the first READ RECORD          | 5      |
      | GENERATE AC                    | 11     |

  @CL-A-9.4
  Scenario: Try Again: the phone wants its owner's attention
    A terminal that failed this would decline a phone that only wants to be unlocked.
    Given a cardholder with a card "mchip-like-contactless" that differs in:
      """
      applications:
        - risk: { ceiling: 100 }
      """
    And the card's data object DF4B is "000300"
    And the card's data objects of GENERATE AC also have DF4B
    When a purchase of 10.00 EUR is made
    Then the kernel ends with "TryAgain"
    And Entry Point starts again at B
    And the reader shows "See phone for instructions"

  @CL-A-9.4
  Scenario: End Application: the card breaks the specification
    A terminal that failed this would hold on to a card that it cannot use.
    Given the card has no data object 5F24
    When a purchase of 10.00 EUR is made
    Then the kernel ends with "EndApplication"
    And the Outcome Parameter Set is "40F0F0F090F0FF00"
    And the Error Indication is "L2 CARD DATA MISSING"
    And the reader shows "Insert, swipe or try another card"
    And the terminal shows "Failed" because "card answered with data that breaks the specification"

  Scenario: End Application: a refund that the card does not sign
    A terminal that failed this would show a refund as declined, which needs no more than an AAC.
    Given a cardholder with a card "mchip-like-contactless" that differs in:
      """
      applications:
        - risk: { ceiling: 100 }
      """
    When a refund of 10.00 EUR is made
    Then the kernel ends with "EndApplication"
    And the Outcome Parameter Set is "40F0F000B0F0FF00"
    And the reader shows nothing
