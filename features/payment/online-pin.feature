@payment @pin @requires:controlled-merchant-ase @requires:controlled-customer-ase
Feature: Online PIN
  The card asks for a PIN from 50.00 EUR on. The terminal's device enciphers it under a key of this one transaction, the merchant ASE's HSM translates it
  for the issuer, and the issuer's HSM says whether it is right. Nobody between sees it.

  Background:
    Given a cardholder with 500.00 EUR and a card "interledger-pin"
    And a merchant who takes EUR with an onboarded terminal

  Scenario Outline: the right PIN, in a PIN block of format <format> with <cipher>
    Given the terminal makes PIN blocks of format <format>
    When the cardholder taps for 80.00 EUR and enters the right PIN
    Then the terminal shows "Approved"
    And the PIN went to the issuer as <bytes> bytes
    And the merchant has received 80.00 EUR
    And the account is left with 420.00 EUR

    Examples:
      | format | cipher     | bytes |
      | 4      | AES        | 16    |
      | 0      | triple DES | 8     |

  Scenario: the right PIN under a key of TDES DUKPT, and of AES again
    Given the terminal of the shop rotates to keys of TDES DUKPT
    When the cardholder taps for 80.00 EUR and enters the right PIN
    Then the terminal shows "Approved"
    And the payment was sent with key serial numbers of 10 bytes
    And the PIN went to the issuer as 8 bytes
    And neither PIN nor account number is anywhere in the journal
    When the terminal of the shop rotates to keys of AES DUKPT
    And the cardholder taps for 60.00 EUR and enters the right PIN
    Then the terminal shows "Approved"
    And the payment was sent with key serial numbers of 12 bytes
    And the PIN went to the issuer as 16 bytes
    And the account is left with 360.00 EUR

  Scenario: a wrong PIN under a key of TDES DUKPT
    Given the terminal of the shop rotates to keys of TDES DUKPT
    When the cardholder taps for 80.00 EUR and enters a wrong PIN
    Then the terminal shows "Declined" because "PIN is wrong"
    And no money moved

  Scenario Outline: whether a PIN is wanted for <amount>
    When the cardholder taps for <amount> and enters the right PIN
    Then the terminal shows "Approved"
    And the terminal asked for <asked>

    Examples:
      | amount    | asked    |
      | 49.99 EUR | no PIN   |
      | 50.00 EUR | a PIN    |

  @requires:several-currencies
  Scenario: in another currency than the card's a PIN is always wanted
    Given a cardholder with 500.00 USD and a card "interledger-pin"
    And a merchant who takes USD with an onboarded terminal
    When the cardholder taps for 1.00 USD and enters the right PIN
    Then the terminal shows "Approved"
    And the terminal asked for a PIN

  Scenario: a wrong PIN
    When the cardholder taps for 80.00 EUR and enters a wrong PIN
    Then the terminal shows "Declined" because "PIN is wrong"
    And the card has 2 PIN tries left
    And no money moved

  Scenario: three wrong PINs, and the right one too late
    When the cardholder taps for 80.00 EUR and enters a wrong PIN
    And the cardholder taps for 80.00 EUR and enters a wrong PIN
    And the cardholder taps for 80.00 EUR and enters a wrong PIN
    Then the terminal shows "Declined" because "PIN is wrong"
    When the cardholder taps for 80.00 EUR and enters the right PIN
    Then the terminal shows "Declined" because "PIN tries are exceeded"
    And the card has 0 PIN tries left
    And no money moved
    When the cardholder taps for 10.00 EUR
    Then the terminal shows "Approved"

  Scenario: a right PIN gives all tries back
    When the cardholder taps for 80.00 EUR and enters a wrong PIN
    And the cardholder taps for 80.00 EUR and enters a wrong PIN
    Then the card has 1 PIN try left
    When the cardholder taps for 80.00 EUR and enters the right PIN
    Then the terminal shows "Approved"
    And the card has 3 PIN tries left

  Scenario: a wrong PIN costs no try when the payment is refused for something else
    When the card signs 80.00 EUR for another merchant and the cardholder enters a wrong PIN
    Then the terminal shows "Declined" because "signed receiver is not the payment's"
    And the card has 3 PIN tries left

  Scenario Outline: <what>
    When the cardholder taps for 80.00 EUR and <what>
    Then the terminal shows "Declined" because "PIN is missing"
    And the card has 3 PIN tries left
    And no money moved

    Examples:
      | what                     |
      | enters no PIN            |
      | the PIN pad does not work |

  Scenario: a terminal without keys can take no PIN
    Given a merchant who takes EUR
    When the cardholder taps for 80.00 EUR and enters the right PIN
    Then the terminal shows "Declined" because "PIN is missing"
    And the terminal asked for no PIN
    When the cardholder taps for 10.00 EUR
    Then the terminal shows "Approved"

  Scenario: the PIN block is made for another account than the enciphered one
    Given a terminal that makes PIN blocks for another account
    When the cardholder taps for 80.00 EUR and enters the right PIN
    Then the terminal shows "Declined" because "PIN block cannot be read"
    And the PIN did not go to the issuer
    And the card has 3 PIN tries left
    And no money moved

  Scenario: enciphered account and PIN block are both another account's
    Given a terminal that enciphers another account and its PIN
    When the cardholder taps for 80.00 EUR and enters the right PIN
    Then the terminal shows "Declined" because "PIN block cannot be read"
    And the PIN went to the issuer as 16 bytes
    And the card has 3 PIN tries left
    And no money moved

  Scenario Outline: what the terminal enciphered arrives with <change>
    Given a terminal that sends <change>
    When the cardholder taps for 80.00 EUR and enters the right PIN
    Then the terminal shows "<word>" because "<reason>"
    And the PIN did not go to the issuer
    And no money moved

    Examples: bits changed
      | change                                         | word     | reason                                |
      | a PIN block with one bit flipped               | Declined | PIN block cannot be read              |
      | account data with a bit of the vector flipped  | Failed   | enciphered account data cannot be read |
      | account data with a bit of the PAN flipped     | Failed   | enciphered account data cannot be read |
      | account data with the last bit flipped         | Failed   | enciphered account data cannot be read |

    Examples: key serial numbers
      | change                                           | word     | reason                          |
      | the key serial number of a later transaction     | Declined | PIN block cannot be read        |
      | a key serial number whose counter is zero        | Failed   | key serial number is refused    |
      | a key serial number whose counter has 17 ones    | Failed   | key serial number is refused    |
      | a key serial number of no terminal               | Failed   | key serial number is refused    |
      | the PIN under the SRED key                       | Failed   | key serial number is refused    |
      | the account data under the PIN key               | Failed   | key serial number is refused    |

    Examples: members that do not go together
      | change                              | word   | reason                                        |
      | a PIN without account data          | Failed | request does not have the form of the POS API |
      | a PIN block of 15 bytes             | Failed | request does not have the form of the POS API |
      | a PIN block of format 3             | Failed | request does not have the form of the POS API |
      | a key serial number of 10 bytes     | Failed | request does not have the form of the POS API |
      | account data of half a block        | Failed | request does not have the form of the POS API |

  Scenario Outline: <what> of a former payment, sent in a new one
    When the cardholder taps for 80.00 EUR and enters the right PIN
    Then the terminal shows "Approved"
    Given a terminal that sends <what> of its last payment
    When the cardholder taps for 80.00 EUR and enters the right PIN
    Then the terminal shows "Failed" because "key serial number was used before"
    And the merchant has received 80.00 EUR

    Examples:
      | what                      |
      | the PIN                   |
      | the account data          |
      | the PIN and account data  |

  Scenario Outline: under keys of TDES DUKPT arrives <change>
    Given the terminal of the shop rotates to keys of TDES DUKPT
    And a terminal that sends <change>
    When the cardholder taps for 80.00 EUR and enters the right PIN
    Then the terminal shows "Failed" because "<reason>"
    And no money moved

    Examples:
      | change                                     | reason                                        |
      | account data with a bit of the PAN flipped | enciphered account data cannot be read        |
      | account data with the last bit flipped     | enciphered account data cannot be read        |
      | a key serial number of no terminal         | key serial number is refused                  |
      | a PIN without account data                 | request does not have the form of the POS API |

  Scenario: a PIN of TDES DUKPT, sent twice
    Given the terminal of the shop rotates to keys of TDES DUKPT
    When the cardholder taps for 80.00 EUR and enters the right PIN
    Then the terminal shows "Approved"
    Given a terminal that sends the PIN of its last payment
    When the cardholder taps for 80.00 EUR and enters the right PIN
    Then the terminal shows "Failed" because "key serial number was used before"
    And the account is left with 420.00 EUR

  Scenario: a copy of the terminal that lags behind it
    Given a copy of the terminal is made
    When the cardholder taps for 80.00 EUR and enters the right PIN
    Then the terminal shows "Approved"
    When the cardholder taps at the copy for 80.00 EUR and enters the right PIN
    Then the terminal shows "Failed" because "key serial number was used before"

  Scenario: keys of another terminal
    Given a terminal that enciphers with the keys of another one
    When the cardholder taps for 80.00 EUR and enters the right PIN
    Then the terminal shows "Failed" because "key serial number is refused"
    And no money moved

  Scenario: keys of the generation before, within its grace
    Given a copy of the terminal is made
    When the terminal of the shop rotates its keys
    And the cardholder taps at the copy for 80.00 EUR and enters the right PIN
    Then the terminal shows "Approved"

  @requires:embedded-rafiki
  Scenario: keys of the generation before, after its grace
    Given a copy of the terminal is made
    When the terminal of the shop rotates its keys
    And 90000 seconds pass
    And the cardholder taps at the copy for 80.00 EUR and enters the right PIN
    Then the terminal shows "Failed" because "key serial number is refused"
    And no money moved
    When the cardholder taps for 80.00 EUR and enters the right PIN
    Then the terminal shows "Approved"

  Scenario Outline: the <key> key is used up, until the terminal rotates
    Given a terminal that has used up its <key> key
    When the cardholder taps for 80.00 EUR and enters the right PIN
    Then the terminal shows "Failed" because "terminal's keys are used up: it has to rotate them"
    And no request reached the merchant ASE
    When the terminal of the shop rotates its keys
    And the cardholder taps for 80.00 EUR and enters the right PIN
    Then the terminal shows "Approved"

    Examples:
      | key  |
      | PIN  |
      | SRED |

  Scenario: the merchant ASE shares no PIN key with the issuer
    Given the merchant ASE has lost the PIN keys that it shares with the issuer
    When the cardholder taps for 80.00 EUR and enters the right PIN
    Then the terminal shows "Failed" because "PIN block cannot be translated for the issuer"
    And no money moved
    When the cardholder taps for 10.00 EUR
    Then the terminal shows "Approved"

  Scenario: the merchant ASE's HSM is gone, and back
    Given the HSM of the merchant ASE is gone
    When the cardholder taps for 80.00 EUR and enters the right PIN
    Then the terminal shows "Failed" because "HSM of the merchant ASE cannot be reached"
    And no money moved
    When the HSM of the merchant ASE is back
    And the cardholder taps for 80.00 EUR and enters the right PIN
    Then the terminal shows "Approved"

  Scenario: the terminal did not hear the answer and sends the same request again
    When the cardholder taps for 80.00 EUR and enters the right PIN
    And the terminal sends the same request again
    Then the terminal shows "Approved"
    And the merchant has received 80.00 EUR

  Scenario: nobody writes a PIN down
    Given the cardholder has a card "interledger-pin" with a PIN of 12 digits
    When the cardholder taps for 80.00 EUR and enters the right PIN
    Then the terminal shows "Approved"
    And neither PIN nor account number is anywhere in the journal
    And no PIN block is in the journal
