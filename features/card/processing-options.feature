@card @EMV-B3-6.5.8
Feature: GET PROCESSING OPTIONS
  How a transaction begins: the card counts it, says what it can do and where its records are.

  @EMV-B3-10.1
  Scenario Outline: "<card>" answers in format <format>
    A card that failed this would be read at the wrong places, or asked for what it cannot do.
    Given a card "<card>" in the reader
    And the card stands after SELECT
    When the terminal sends "GET PROCESSING OPTIONS"
    Then the card answers 9000
    And the answer is "<answer>"
    And the card has told:
      | tag | value |
      | 82  | <aip> |
      | 94  | <afl> |

    Examples:
      | card                   | format | aip  | afl                                 | answer                                             |
      | ccd-tdes-contact       | 1      | 3900 | 08010500 10010201                   | 800A 3900 08010500 10010201                        |
      | mchip-like-contact     | 2      | 7D00 | 08010100 10010201 18010300 20010200 | 7716 82027D00 9410 08010100100102011801030020010200 |
      | mchip-like-contactless | 2      | 1981 | 08010100 10010101 18010200 20010200 | 7716 82021981 9410 08010100100101011801020020010200 |
      | ccd-aes-contactless    | 2      | 1980 | 10010101 18010200 20010200          | 7712 82021980 940C 100101011801020020010200        |
      | no-oda                 | 2      | 1800 | 08010100 10010200                   | 770E 82021800 9408 0801010010010200                |

  @EMV-B3-5.4
  Scenario Outline: data of the PDOL <what>
    A card that failed this would decide on data that the terminal never meant.
    Given a card "ccd-tdes-contact" in the reader
    And the card stands after SELECT
    When the terminal sends "<command>"
    Then the card answers <answer>

    Examples:
      | what                            | command                                           | answer |
      | as it asks for them             | GET PROCESSING OPTIONS                            | 9000   |
      | that are too few                | GET PROCESSING OPTIONS, data 8303027609           | 6700   |
      | that are too many               | GET PROCESSING OPTIONS, data 830502760978FF       | 6700   |
      | that are none                   | GET PROCESSING OPTIONS, data 8300                 | 6700   |
      | without the command template    | GET PROCESSING OPTIONS, data 02760978             | 6A80   |
      | in another template             | GET PROCESSING OPTIONS, data 850402760978         | 6A80   |
      | in a template and something more | GET PROCESSING OPTIONS, data 8304027609785F2A00  | 6A80   |
      | in a template that is cut off   | GET PROCESSING OPTIONS, data 8304027609           | 6A80   |
      | nowhere                         | GET PROCESSING OPTIONS, without data              | 6700   |

  Scenario: a card without PDOL takes the empty template
    A card that failed this would be refused by every terminal, which has nothing to send.
    Given a card "mchip-like-contact" in the reader
    And the card stands after SELECT
    Then the card answers these commands in turn:
      | command                               | answer |
      | GET PROCESSING OPTIONS, data 8301AA   | 6700   |
      | GET PROCESSING OPTIONS, without data  | 6700   |
      | GET PROCESSING OPTIONS, data 8300     | 9000   |

  Scenario: once for each selection
    A card that failed this would count a transaction twice, or let a terminal choose the better of two.
    Given a card "mchip-like-contact" in the reader
    And the card stands after GET PROCESSING OPTIONS
    When the terminal sends "GET PROCESSING OPTIONS"
    Then the card answers 6985
    And the answer has no data

  Scenario: every transaction is counted, whatever becomes of it
    A card that failed this would make two cryptograms under one key, or lose count.
    Given a card "mchip-like-contact" in the reader
    Then the card answers these commands in turn:
      | command                              | answer |
      | SELECT the application               | 9000   |
      | GET PROCESSING OPTIONS               | 9000   |
      | SELECT the application               | 9000   |
      | GET PROCESSING OPTIONS, without data | 6700   |
      | GET PROCESSING OPTIONS               | 9000   |
    When the terminal sends "GET DATA 9F36"
    Then the answer is "9F36020002"

  Scenario: each application has a counter of its own
    A card that failed this would tell the issuer of transactions that were another's.
    Given a card "two-applications" in the reader
    Then the card answers these commands in turn:
      | command                | answer |
      | SELECT A0000000041010  | 9000   |
      | GET PROCESSING OPTIONS | 9000   |
      | SELECT A0000000043060  | 9000   |
    When the terminal sends "GET DATA 9F36"
    Then the answer is "9F36020000"

  Scenario: the last number of the counter is the last transaction
    A card that failed this would begin to count again, and make the cryptograms of its youth once more.
    Given a card "mchip-like-contact" in the reader that has made 65534 transactions
    And the card stands after GET PROCESSING OPTIONS
    When the terminal sends "GET DATA 9F36"
    Then the answer is "9F3602FFFF"
    And the card answers these commands in turn:
      | command                | answer |
      | SELECT the application | 9000   |
      | GET PROCESSING OPTIONS | 6985   |

  Scenario Outline: with <state>, "visa-like-contactless" <answers>
    A card that failed this would be read slowly where the reader is fast, or give a cryptogram to a reader that cannot use it.
    Given a card "visa-like-contactless" in the reader
    And the terminal says:
      | tag  | value    |
      | 9F66 | <offer>  |
    And the card stands after SELECT
    When the terminal sends "GET PROCESSING OPTIONS"
    Then the card answers 9000
    And the answer is built as "<structure>"
    And the card answers these commands in turn:
      | command                 | answer   |
      | GENERATE AC for an ARQC | <second> |

    Examples:
      | state                  | offer    | answers                            | structure                                | second |
      | qVSDC offered          | 20000000 | makes its cryptogram at once       | 77(82 57 5F20 5F34 9F10 9F26 9F27 9F36 9F6C) | 6985   |
      | qVSDC and more offered | B6000000 | makes its cryptogram at once       | 77(82 57 5F20 5F34 9F10 9F26 9F27 9F36 9F6C) | 6985   |
      | VSDC alone offered     | 80000000 | tells where its records are        | 77(82 94)                                | 9000   |
      | nothing offered        | 00000000 | tells where its records are        | 77(82 94)                                | 9000   |

  @EMV-B2-8.1
  Scenario: the cryptogram of a fast transaction is the issuer's
    A card that failed this would be declined at every fast reader.
    Given a card "visa-like-contactless" in the reader
    And the terminal says:
      | tag  | value    |
      | 9F66 | 20000000 |
    And the card stands after GET PROCESSING OPTIONS
    Then the cryptogram is an ARQC
    And the transaction counter is 1
    And the issuer finds the cryptogram right
    And the issuer would find it wrong with:
      | tag  | value        |
      | 9F02 | 000000001251 |
      | 9F37 | 01234568     |

  Scenario Outline: GET PROCESSING OPTIONS <what>
    A card that failed this would take for the beginning of a transaction what is none.
    Given a card "mchip-like-contact" in the reader
    And the card stands <stage>
    When the terminal sends "<command>"
    Then the card answers <answer>
    And the answer has no data

    Examples:
      | what                                | stage                         | command                          | answer |
      | with P1                             | after SELECT                  | GET PROCESSING OPTIONS, P1 01    | 6A86   |
      | with P2                             | after SELECT                  | GET PROCESSING OPTIONS, P2 01    | 6A86   |
      | in the class of ISO                 | after SELECT                  | GET PROCESSING OPTIONS, class 00 | 6E00   |
      | in a class with secure messaging    | after SELECT                  | GET PROCESSING OPTIONS, class 84 | 6E00   |
      | for less than there is to say       | after SELECT                  | GET PROCESSING OPTIONS, Le 10    | 6C18   |
      | before SELECT                       | before SELECT                 | GET PROCESSING OPTIONS           | 6985   |
      | after the first GENERATE AC         | after the first GENERATE AC   | GET PROCESSING OPTIONS           | 6985   |
      | after the second GENERATE AC        | after the second GENERATE AC  | GET PROCESSING OPTIONS           | 6985   |

  @EMV-B1-9.3
  Scenario: a command with a wrong Le has not happened
    A card that failed this would count a transaction that never began.
    Given a card "mchip-like-contact" in the reader
    And the card stands after SELECT
    Then the card answers these commands in turn:
      | command                       | answer |
      | GET PROCESSING OPTIONS, Le 01 | 6C18   |
      | GET PROCESSING OPTIONS, Le 18 | 9000   |
    When the terminal sends "GET DATA 9F36"
    Then the answer is "9F36020001"
