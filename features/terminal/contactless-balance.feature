@terminal @contactless @CL-C2-6
Feature: Balance reading
  A card that tells its balance is asked for it before or after GENERATE AC, as the terminal is set up, and the reader shows it.

  # The card lets 150.00 EUR be spent without its issuer.
  Background:
    Given a terminal "contactless"
    And a cardholder with a card "mchip-like-contactless"

  Scenario: after GENERATE AC
    A terminal that failed this would not show prepaid cardholders what is left.
    Given kernel 2 has:
      | Balance Read After Gen AC | yes |
    When a purchase of 12.50 EUR is made
    Then the terminal sent "80AE" before "80CA9F50"
    And the balance of the card is 137.50 EUR
    And the User Interface Request Data is "03 00 000013 6465656E00000000 20 000000013750 0978"

  Scenario: before GENERATE AC
    A terminal that failed this would show the balance of after the payment for that of before.
    Given kernel 2 has:
      | Balance Read Before Gen AC | yes |
    When a purchase of 12.50 EUR is made
    Then the terminal sent "80CA9F50" before "80AE"
    And the balance of the card is 150.00 EUR

  Scenario: not asked for by the terminal
    A terminal that failed this would show balances to whoever stands behind the cardholder.
    Given kernel 2 has:
      | Balance Read After Gen AC | no |
    When a purchase of 12.50 EUR is made
    Then the terminal did not send "80CA9F50"
    And no balance is known

  Scenario: a card that does not tell it
    A terminal that failed this would ask cards for what they do not have.
    Given the card's data object 9F5D is "000100"
    When a purchase of 12.50 EUR is made
    Then the terminal did not send "80CA9F50"
    And no balance is known

  Scenario Outline: the balance is answered <what>
    A terminal that failed this would end a good payment for a balance, or show what is none.
    Given commands that begin with "80CA9F50" get the answer "<answer>"
    When a purchase of 12.50 EUR is made
    Then no balance is known
    And the kernel ends with "Approved"
    And the reader shows "Approved"

    Examples:
      | what                     | answer                   |
      | by a refusal             | 6A88                     |
      | with a byte too few      | 9F5005 0000001250 9000   |
      | with what are no digits  | 9F5006 00000000AFFE 9000 |
      | with another data object | 9F3602 0001 9000         |
