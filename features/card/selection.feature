@card
Feature: Selecting an application
  How a terminal finds the applications of a card: by its directory, by a name, by the beginning of a name.

  @EMV-B1-11.3 @EMV-B1-12.2.2
  Scenario: the PSE says where its directory is
    A card that failed this would hide its applications from a terminal that begins with the directory.
    Given a card "mchip-like-contact" in the reader
    When the terminal sends "SELECT PSE"
    Then the card answers 9000
    And the answer is built as "6F(84 A5(88 5F2D 9F11))"
    And the answer has:
      | tag  | value            |
      | 84   | "1PAY.SYS.DDF01" |
      | 88   | 01               |
      | 5F2D | "deen"           |
      | 9F11 | 01               |

  @EMV-B1-12.2.3
  Scenario: a record of the directory names the application
    A card that failed this would offer the cardholder an application without name or place.
    Given a card "mchip-like-contact" in the reader
    When the terminal sends "SELECT PSE"
    And the terminal sends "READ RECORD 1 of SFI 1"
    Then the card answers 9000
    And the answer is built as "70(61(4F 50 87 9F12))"
    And the answer has:
      | tag  | value            |
      | 4F   | A0000000041010   |
      | 50   | "TAPBENCH DEBIT" |
      | 87   | 01               |
      | 9F12 | "Tapbench Debit" |

  @EMV-B1-12.3.2
  Scenario Outline: the directory of "<card>" ends after <applications>
    A card that failed this would let terminals read its directory for ever, or miss an application.
    Given a card "<card>" in the reader
    Then the card answers these commands in turn:
      | command                | answer   |
      | SELECT PSE             | 9000     |
      | READ RECORD 1 of SFI 1 | 9000     |
      | READ RECORD 2 of SFI 1 | <second> |
      | READ RECORD 3 of SFI 1 | 6A83     |

    Examples:
      | card               | applications     | second |
      | mchip-like-contact | one application  | 6A83   |
      | two-applications   | two applications | 9000   |

  @CL-B-3.3
  Scenario Outline: the PPSE of "<card>" lists its application for kernel <kernel>
    A card that failed this would not be found by any contactless terminal, or be given to the wrong kernel.
    Given a card "<card>" in the reader
    When the terminal sends "SELECT PPSE"
    Then the card answers 9000
    And the answer is built as "6F(84 A5(BF0C(61(4F 50 87 9F2A))))"
    And the answer has:
      | tag  | value            |
      | 84   | "2PAY.SYS.DDF01" |
      | 4F   | <aid>            |
      | 87   | 01               |
      | 9F2A | <kernel>         |

    Examples:
      | card                   | aid            | kernel |
      | mchip-like-contactless | A0000000041010 | 02     |
      | ccd-aes-contactless    | A0000000041010 | 02     |
      | visa-like-contactless  | A0000000031010 | 03     |

  @EMV-B1-12.3.2 @CL-B-3.3
  Scenario Outline: "<card>" has <what>
    A card that failed this would send a terminal of the other interface through the wrong kernel.
    Given a card "<card>" in the reader, changed so:
      """yaml
      directory: <directory>
      """
    Then the card answers these commands in turn:
      | command                | answer |
      | SELECT PSE             | <pse>  |
      | SELECT PPSE            | <ppse> |
      | SELECT the application | 9000   |

    Examples:
      | card                   | what                   | directory | pse  | ppse |
      | mchip-like-contact     | a PSE alone            | pse       | 9000 | 6A82 |
      | mchip-like-contactless | a PPSE alone           | ppse      | 6A82 | 9000 |
      | mchip-like-contact     | no directory but names | none      | 6A82 | 6A82 |

  @EMV-B1-11.3.4
  Scenario Outline: file control information of "<card>"
    A card that failed this would not say what the terminal has to send, or in which language to speak.
    Given a card "<card>" in the reader
    When the terminal sends "SELECT the application"
    Then the card answers 9000
    And the answer is built as "<structure>"

    Examples:
      | card                   | structure                                     |
      | mchip-like-contact     | 6F(84 A5(50 87 5F2D 9F11 9F12 BF0C(9F4D)))    |
      | mchip-like-contactless | 6F(84 A5(50 87 5F2D 9F11 9F12 BF0C(9F5D)))    |
      | ccd-tdes-contact       | 6F(84 A5(50 87 9F38 5F2D 9F11 9F12))          |
      | ccd-aes-contactless    | 6F(84 A5(50 87))                              |
      | visa-like-contactless  | 6F(84 A5(50 87 9F38 9F12))                    |

  @EMV-B1-11.3.4
  Scenario: what the file control information says
    A card that failed this would be asked for the wrong data, or speak to its holder in the wrong language.
    Given a card "ccd-tdes-contact" in the reader
    When the terminal sends "SELECT the application"
    Then the answer has:
      | tag  | value             |
      | 84   | A0000000031010    |
      | 50   | "TAPBENCH CREDIT" |
      | 87   | 01                |
      | 9F38 | 9F1A02 5F2A02     |
      | 5F2D | "deen"            |
      | 9F11 | 01                |
      | 9F12 | "Tapbench Credit" |

  @EMV-B1-12.3.3
  Scenario: a part of the name finds one application after the other, best first
    A card that failed this would hide its second application from terminals that know the scheme alone.
    Given a card "two-applications" in the reader
    When the terminal sends "SELECT A000000004"
    Then the card answers 9000
    And the answer has:
      | tag | value          |
      | 84  | A0000000043060 |
      | 87  | 01             |
    When the terminal sends "SELECT next A000000004"
    Then the card answers 9000
    And the answer has:
      | tag | value          |
      | 84  | A0000000041010 |
      | 87  | 02             |
    When the terminal sends "SELECT next A000000004"
    Then the card answers 6A82
    And the answer has no data

  @EMV-B1-12.3.3
  Scenario: a blocked application does not hide the next one
    A card that failed this would be useless as soon as its issuer has blocked one of two applications.
    Given a card "two-applications" in the reader, changed so:
      """yaml
      applications:
        - {}
        - blocked: true
      """
    Then the card answers these commands in turn:
      | command                | answer |
      | SELECT A000000004      | 6283   |
      | SELECT next A000000004 | 9000   |
      | SELECT next A000000004 | 6A82   |

  @EMV-B1-11.3
  Scenario Outline: a name of <what>
    A card that failed this would be selected for a scheme that it does not belong to.
    Given a card "mchip-like-contact" in the reader
    When the terminal sends "SELECT <name>"
    Then the card answers <answer>

    Examples:
      | what                                 | name                               | answer |
      | the whole application                | A0000000041010                     | 9000   |
      | the scheme alone                     | A000000004                         | 9000   |
      | another scheme                       | A000000003                         | 6A82   |
      | another application of the scheme    | A0000000043060                     | 6A82   |
      | a longer one than the card's         | A000000004101001                   | 6A82   |
      | 16 bytes that begin as the card's do | A0000000041010000102030405060708   | 6A82   |
      | 17 bytes                             | A000000004101000010203040506070809 | 6700   |

  @EMV-B1-11.3
  Scenario: what was selected stays selected when a name is not found
    A card that failed this would lose its transaction to a terminal that asks for more names.
    Given a card "mchip-like-contact" in the reader
    Then the card answers these commands in turn:
      | command                | answer |
      | SELECT the application | 9000   |
      | SELECT A000000003      | 6A82   |
      | GET DATA 9F36          | 9000   |
      | GET PROCESSING OPTIONS | 9000   |

  @EMV-B1-11.3
  Scenario: a new selection begins anew
    A card that failed this would go on with a transaction that the terminal has given up.
    Given a card "mchip-like-contact" in the reader
    And the card stands after the first GENERATE AC
    Then the card answers these commands in turn:
      | command                        | answer |
      | SELECT the application         | 9000   |
      | second GENERATE AC for a TC    | 6985   |
      | GET PROCESSING OPTIONS         | 9000   |

  @EMV-B1-11.3
  Scenario: without power nothing stays selected
    A card that failed this would let the next terminal go on with the transaction of the last one.
    Given a card "mchip-like-contact" in the reader
    And the card stands after GET PROCESSING OPTIONS
    When the field goes off and on
    Then the card answers these commands in turn:
      | command                   | answer |
      | GET PROCESSING OPTIONS    | 6985   |
      | GENERATE AC for an ARQC   | 6985   |
      | GET DATA 9F36             | 6985   |
      | SELECT the application    | 9000   |

  @EMV-B1-11.3.5
  Scenario: a blocked application says so and still tells what it is
    A card that failed this would be used after its issuer has blocked it, or could never be unblocked.
    Given a card "blocked-application" in the reader
    When the terminal sends "SELECT the application"
    Then the card answers 6283
    And the answer is built as "6F(84 A5(50 87 9F38 5F2D 9F11 9F12))"

  @EMV-B1-11.3.2
  Scenario Outline: SELECT <what>
    A card that failed this would take for a selection what is none.
    Given a card "mchip-like-contact" in the reader
    When the terminal sends "<command>"
    Then the card answers <answer>
    And the answer has no data

    Examples:
      | what                                | command                      | answer |
      | by file identifier                  | 00A40000023F00               | 6A81   |
      | of the last occurrence              | SELECT A000000004, P2 01     | 6A86   |
      | of the previous occurrence          | SELECT A000000004, P2 03     | 6A86   |
      | of the next one, before any         | SELECT next A000000004       | 6A82   |
      | without a name                      | 00A4040000                   | 6700   |
      | with fewer bytes of name than it says | 00A4040007A000000004       | 6700   |
      | in the class of EMV                 | SELECT A000000004, class 80  | 6E00   |
      | in a class that no command has      | SELECT A000000004, class 90  | 6E00   |
