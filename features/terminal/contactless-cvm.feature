@terminal @contactless @CL-C2-7.5
Feature: Contactless cardholder verification
  Above the Reader CVM Required Limit the terminal has other methods than up to it; the card's CVM list chooses among them.

  Background:
    Given a terminal "contactless"
    And a cardholder with a card "mchip-like-contactless"
    And the cardholder enters the right PIN

  Rule: the card's list

    Scenario Outline: <list> at <amount>
      A terminal that failed this would verify cardholders otherwise than the issuer wants, or not at all.
      Given the card's data object 8E is "00000000 00000000 <list>"
      When a purchase of <amount> is made
      Then the CVM results are "<results>"
      And the outcome's CVM is "<CVM>"
      And the TVR is "<TVR>"
      And <receipt> receipt is wanted

      # 42 online PIN, 1E signature, 1F none, 01 PIN for the card; 03: if the terminal supports it
      Examples:
        | list           | amount    | CVM              | results | TVR        | receipt |
        | 4203 1E03 1F03 | 50.00 EUR | NO CVM           | 1F0302  | 0000000002 | no      |
        | 4203 1E03 1F03 | 50.01 EUR | ONLINE PIN       | 420300  | 0000048002 | a       |
        | 1E03 1F03      | 50.00 EUR | NO CVM           | 1F0302  | 0000000002 | no      |
        | 1E03 1F03      | 50.01 EUR | OBTAIN SIGNATURE | 1E0300  | 0000008002 | a       |
        | 1F00           | 50.01 EUR | NO CVM           | 1F0001  | 0000808002 | a       |
        | 0100           | 50.00 EUR | NO CVM           | 010001  | 0000800002 | no      |
        | 0100 1F00      | 50.00 EUR | NO CVM           | 010001  | 0000800002 | no      |
        | 4100 1F00      | 50.00 EUR | NO CVM           | 1F0002  | 0000000002 | no      |
        | 6A00 1F00      | 50.00 EUR | NO CVM           | 1F0002  | 0000400002 | no      |
        | 2A00           | 50.00 EUR | NO CVM           | 2A0001  | 0000C00002 | no      |
        | 0000           | 50.00 EUR | NO CVM           | 000001  | 0000800002 | no      |
        | 1E01 1F04      | 50.00 EUR | NO CVM           | 3F0001  | 0000800002 | no      |

    Scenario Outline: a rule for amounts <rule> 20.00, <amount> in <currency>
      A terminal that failed this would apply amounts of one currency to another, or take the wrong side of them.
      Given the card's data objects are:
        | 8E   | 000007D0 000007D0 42<condition> 1F00 |
        | 9F42 | <currency>                           |
      And kernel 2 has:
        | CVM Capability - No CVM Required | 48 |
      When a purchase of <amount> is made
      Then the CVM results are "<results>"

      Examples:
        | rule     | condition | currency | amount    | results |
        | under X= | 06        | 0978     | 19.99 EUR | 420600  |
        | under X= | 06        | 0978     | 20.00 EUR | 1F0002  |
        | under X= | 06        | 0840     | 19.99 EUR | 1F0002  |
        | over X=  | 07        | 0978     | 20.00 EUR | 1F0002  |
        | over X=  | 07        | 0978     | 20.01 EUR | 420700  |
        | under Y= | 08        | 0978     | 19.99 EUR | 420800  |
        | over Y=  | 09        | 0978     | 20.01 EUR | 420900  |

    Scenario Outline: <what>
      A terminal that failed this would ask for a PIN that nobody wanted, or hide that the list is missing.
      Given <change>
      When a purchase of 60.00 EUR is made
      Then the CVM results are "3F0000"
      And the outcome's CVM is "NO CVM"
      And the TVR is "<TVR>"

      Examples:
        | what                                   | change                                        | TVR        |
        | a card without cardholder verification | the card's data object 82 is "0981"           | 0000008002 |
        | a card without list                    | the card has no data object 8E                | 2000008002 |
        | a list without rules                   | the card's data object 8E is "00000000 00000000" | 0000008002 |

  Rule: the cardholder verifies on the device

    Background:
      Given the card's data object 82 is "1B81"

    Scenario Outline: <amount>
      A terminal that failed this would ask for a PIN although the phone has verified its owner.
      When a purchase of <amount> is made
      Then the CVM results are "<results>"
      And the outcome's CVM is "<CVM>"

      Examples:
        | amount    | results | CVM                        |
        | 50.00 EUR | 3F0002  | NO CVM                     |
        | 50.01 EUR | 010002  | CONFIRMATION CODE VERIFIED |

    Scenario: a terminal without verification on devices
      A terminal that failed this would trust a verification that it does not support.
      Given kernel 2 has:
        | Kernel Configuration | 10 |
      When a purchase of 60.00 EUR is made
      Then the outcome's CVM is "ONLINE PIN"
      And the CVM results are "420300"

  Rule: the terminal's limit and methods

    Scenario Outline: limit <limit>, <amount>
      A terminal that failed this would verify from another amount on than it is set up for: the limit itself needs no verification.
      Given kernel 2 has:
        | Reader CVM Required Limit | <limit> |
      When a purchase of <amount> is made
      Then the outcome's CVM is "<CVM>"

      Examples:
        | limit | amount    | CVM        |
        | 25.00 | 25.00 EUR | NO CVM     |
        | 25.00 | 25.01 EUR | ONLINE PIN |
        | 0.00  | 0.01 EUR  | ONLINE PIN |

    Scenario Outline: a terminal whose CVM capability is <capability>
      A terminal that failed this would choose a method that it does not have.
      Given kernel 2 has:
        | CVM Capability - CVM Required | <capability> |
      When a purchase of 60.00 EUR is made
      Then the outcome's CVM is "<CVM>"
      And the CVM results are "<results>"

      Examples:
        | capability | CVM              | results |
        | 40         | ONLINE PIN       | 420300  |
        | 20         | OBTAIN SIGNATURE | 1E0300  |
        | 08         | NO CVM           | 1F0302  |
        | 00         | NO CVM           | 3F0001  |

    Scenario Outline: the cardholder enters <entry>
      A terminal that failed this would let somebody pay who does not know the PIN.
      Given the cardholder enters <entry>
      When a purchase of 60.00 EUR is made
      Then the outcome status is "ONLINE REQUEST"
      And the issuer got <PIN> enciphered PIN
      And the kernel ends with "<outcome>"
      And the reader shows "Authorising, please wait", then "<shown>"

      Examples:
        | entry         | PIN | outcome  | shown          |
        | the right PIN | an  | Approved | Approved       |
        | a wrong PIN   | an  | Declined | Not authorised |

    Scenario: a signature is wanted
      A terminal that failed this would hand out goods without the signature that the card asked for.
      Given the card's data object 8E is "00000000 00000000 1E03"
      When a purchase of 60.00 EUR is made
      Then the issuer got no enciphered PIN
      And the reader shows "Authorising, please wait", then "Approved, please sign"
