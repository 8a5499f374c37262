@card @EMV-B3-6.5.12
Feature: VERIFY
  How a card checks its holder's PIN, in the clear and enciphered, and how often it lets somebody try.

  Scenario Outline: "<card>" knows its PIN
    A card that failed this would turn its own holder away, or take anybody for them.
    Given a card "<card>" in the reader
    And the card stands after GET PROCESSING OPTIONS
    Then the card answers these commands in turn:
      | command                 | answer |
      | VERIFY of a wrong PIN   | 63C2   |
      | VERIFY of the right PIN | 9000   |

    Examples:
      | card               |
      | mchip-like-contact |
      | ccd-tdes-contact   |
      | offline-pin        |

  Scenario: three wrong PINs block it
    A card that failed this would let a thief try every PIN.
    Given a card "mchip-like-contact" in the reader
    And the card stands after GET PROCESSING OPTIONS
    Then the card answers these commands in turn:
      | command                 | answer |
      | VERIFY of a wrong PIN   | 63C2   |
      | VERIFY of a wrong PIN   | 63C1   |
      | VERIFY of a wrong PIN   | 63C0   |
      | VERIFY of the right PIN | 6983   |
      | VERIFY of a wrong PIN   | 6983   |
    When the terminal sends "GET DATA 9F17"
    Then the answer is "9F170100"

  Scenario: the right PIN gives all tries back
    A card that failed this would block the PIN of a holder who mistypes it now and then.
    Given a card "mchip-like-contact" in the reader
    And the card stands after GET PROCESSING OPTIONS
    Then the card answers these commands in turn:
      | command                 | answer |
      | VERIFY of a wrong PIN   | 63C2   |
      | VERIFY of a wrong PIN   | 63C1   |
      | VERIFY of the right PIN | 9000   |
      | VERIFY of a wrong PIN   | 63C2   |

  Scenario: tries are counted without power too
    A card that failed this would give a thief three tries at each terminal.
    Given a card "mchip-like-contact" in the reader
    And the card stands after GET PROCESSING OPTIONS
    Then the card answers these commands in turn:
      | command               | answer |
      | VERIFY of a wrong PIN | 63C2   |
      | VERIFY of a wrong PIN | 63C1   |
    When the field goes off and on
    And the terminal sends "SELECT the application"
    And the terminal sends "GET DATA 9F17"
    Then the answer is "9F170101"

  Scenario Outline: a card with <tries> tries
    A card that failed this would count by another number than its issuer's.
    Given a card "mchip-like-contact" in the reader, changed so:
      """yaml
      applications:
        - pin: { tries: <tries> }
      """
    And the card stands after GET PROCESSING OPTIONS
    Then the card answers these commands in turn:
      | command               | answer   |
      | VERIFY of a wrong PIN | <first>  |
      | VERIFY of a wrong PIN | <second> |

    Examples:
      | tries | first | second |
      | 1     | 63C0  | 6983   |
      | 15    | 63CE  | 63CD   |

  @EMV-B2-7.2
  Scenario Outline: an enciphered PIN, under <key>
    A card that failed this would make its holder show the PIN to every wire in the terminal.
    Given a card "<card>" in the reader
    And the terminal has read the card
    Then the card answers these commands in turn:
      | command                            | answer |
      | GET CHALLENGE                      | 9000   |
      | VERIFY of a wrong PIN enciphered   | 63C2   |
      | GET CHALLENGE                      | 9000   |
      | VERIFY of the right PIN enciphered | 9000   |

    Examples:
      | key                     | card               |
      | the card's own key      | mchip-like-contact |
      | a key for that alone    | offline-pin        |

  @EMV-B2-7.1
  Scenario: the key for the PIN is certified by the issuer
    A card that failed this could be given a key that somebody else can open.
    Given a card "offline-pin" in the reader
    When the terminal has read the card
    Then the terminal proves the certificate for the PIN
    And the key of the PIN has 1024 bits

  @EMV-B2-7.2
  Scenario: three wrong PINs, of either kind, block both
    A card that failed this would give twice as many tries to a thief who uses both ways.
    Given a card "offline-pin" in the reader
    And the terminal has read the card
    Then the card answers these commands in turn:
      | command                            | answer |
      | VERIFY of a wrong PIN              | 63C2   |
      | GET CHALLENGE                      | 9000   |
      | VERIFY of a wrong PIN enciphered   | 63C1   |
      | VERIFY of a wrong PIN              | 63C0   |
      | GET CHALLENGE                      | 9000   |
      | VERIFY of the right PIN enciphered | 6983   |
      | VERIFY of the right PIN            | 6983   |

  @EMV-B2-7.2 @EMV-B3-6.5.6
  Scenario: an enciphered PIN is good once
    A card that failed this would take a PIN that was recorded at another time.
    Given a card "offline-pin" in the reader
    And the terminal has read the card
    And the terminal sends "GET CHALLENGE"
    When the terminal sends "VERIFY of the right PIN enciphered"
    Then the card answers 9000
    When the terminal sends "GET CHALLENGE"
    And the terminal repeats the command before that
    Then the card answers 6984

  @EMV-B2-7.2 @EMV-B3-6.5.6
  Scenario Outline: an enciphered PIN <what>
    A card that failed this would take a PIN that is not fresh, or not for it.
    Given a card "offline-pin" in the reader
    And the terminal has read the card
    Then the card answers these commands in turn:
      | command       | answer    |
      | GET CHALLENGE | 9000      |
      | <between>     | <between answer> |
      | <command>     | <answer>  |

    Examples:
      | what                             | between       | between answer | command                                         | answer |
      | after another command            | GET DATA 9F36 | 9000           | VERIFY of the right PIN enciphered              | 6984   |
      | after a refused command          | GET DATA 5A   | 6A88           | VERIFY of the right PIN enciphered              | 6984   |
      | that is a byte short             | GET CHALLENGE | 9000           | VERIFY of the right PIN enciphered, a byte short | 6700  |
      | that is a byte long              | GET CHALLENGE | 9000           | VERIFY of the right PIN enciphered, a byte long | 6700   |
      | that is not enciphered           | GET CHALLENGE | 9000           | VERIFY of the right PIN, P2 88                  | 6700   |

  @EMV-B3-6.5.6
  Scenario: no enciphered PIN without a challenge
    A card that failed this would take a PIN that was recorded at another time.
    Given a card "offline-pin" in the reader
    And the terminal has read the card
    When the terminal sends "VERIFY of the right PIN enciphered"
    Then the card answers 6984
    When the terminal sends "GET DATA 9F17"
    Then the answer is "9F170103"

  Scenario Outline: a PIN block <what>
    A card that failed this would count a broken PIN pad against its holder, or take a PIN of the wrong form.
    Given a card "mchip-like-contact" in the reader
    And the card stands after GET PROCESSING OPTIONS
    When the terminal sends "VERIFY of a wrong PIN, data <block>"
    Then the card answers <answer>
    When the terminal sends "GET DATA 9F17"
    Then the answer is "9F170103"

    Examples:
      | what                     | block              | answer |
      | of another format        | 149999FFFFFFFFFF   | 6A80   |
      | of three digits          | 23999FFFFFFFFFFF   | 6A80   |
      | of thirteen digits       | 2D9999999999999F   | 6A80   |
      | with a digit that is none | 24999AFFFFFFFFFF  | 6A80   |
      | filled with another      | 249999FFFFFFFFF0   | 6A80   |
      | of seven bytes           | 249999FFFFFFFF     | 6700   |
      | of nine bytes            | 249999FFFFFFFFFFFF | 6700   |

  Scenario Outline: VERIFY <what>
    A card that failed this would be asked for a PIN in a way that its issuer has not allowed.
    Given a card "<card>" in the reader
    And the card stands <stage>
    When the terminal sends "<command>"
    Then the card answers <answer>

    Examples:
      | what                          | card                   | stage                        | command                            | answer |
      | before SELECT                 | mchip-like-contact     | before SELECT                | VERIFY of the right PIN            | 6985   |
      | before the transaction begins | mchip-like-contact     | after SELECT                 | VERIFY of the right PIN            | 6985   |
      | after the first GENERATE AC   | mchip-like-contact     | after the first GENERATE AC  | VERIFY of the right PIN            | 9000   |
      | after the second GENERATE AC  | mchip-like-contact     | after the second GENERATE AC | VERIFY of the right PIN            | 6985   |
      | with P1                       | mchip-like-contact     | after GET PROCESSING OPTIONS | VERIFY of the right PIN, P1 01     | 6A86   |
      | in a way that EMV has not     | mchip-like-contact     | after GET PROCESSING OPTIONS | VERIFY of the right PIN, P2 00     | 6A86   |
      | without a PIN                 | mchip-like-contact     | after GET PROCESSING OPTIONS | VERIFY of a wrong PIN, without data | 6700  |
      | in the class of EMV           | mchip-like-contact     | after GET PROCESSING OPTIONS | VERIFY of a wrong PIN, class 80    | 6E00   |
      | of a card without PIN         | mchip-like-contactless | after GET PROCESSING OPTIONS | VERIFY of a wrong PIN              | 6D00   |

  Scenario: a card that wants its PIN enciphered
    A card that failed this would let a terminal send its PIN in the clear.
    Given a card "offline-pin" in the reader, changed so:
      """yaml
      applications:
        - pin: { plaintext: false }
      """
    And the terminal has read the card
    Then the card answers these commands in turn:
      | command                            | answer |
      | VERIFY of the right PIN            | 6A86   |
      | GET CHALLENGE                      | 9000   |
      | VERIFY of the right PIN enciphered | 9000   |

  @EMV-B3-6.5.5
  Scenario Outline: the issuer hears of <what>
    A card that failed this would leave its issuer in the dark about who has used it.
    Given a card "mchip-like-contact" in the reader
    And the terminal has read the card
    When the terminal sends "<command>"
    And the terminal sends "GENERATE AC for an ARQC"
    Then the issuer finds the cryptogram right
    And the card verification results say:
      | <says>                |
      | PIN tries left: <left> |

    Examples:
      | what        | command                 | says                                | left |
      | a right PIN | VERIFY of the right PIN | offline PIN verification successful | 3    |
      | a wrong PIN | VERIFY of a wrong PIN   | offline PIN verification failed     | 2    |
      | no PIN      | GET DATA 9F17           | offline PIN verification not performed | 3 |

  @EMV-B3-6.5.6
  Scenario: a challenge is of 8 bytes and never the same
    A card that failed this would let a recorded PIN be used again.
    Given a card "offline-pin" in the reader
    And the card stands after SELECT
    When the terminal sends "GET CHALLENGE"
    Then the card answers 9000
    And the answer has 8 bytes
    And the same command again is answered with something else

  @EMV-B3-6.5.6
  Scenario Outline: GET CHALLENGE <what>
    A card that failed this would give numbers where nobody may ask for them.
    Given a card "<card>" in the reader
    And the card stands <stage>
    When the terminal sends "<command>"
    Then the card answers <answer>

    Examples:
      | what                         | card                   | stage                        | command                 | answer |
      | before SELECT                | mchip-like-contact     | before SELECT                | GET CHALLENGE           | 6985   |
      | after the second GENERATE AC | mchip-like-contact     | after the second GENERATE AC | GET CHALLENGE           | 9000   |
      | with P1                      | mchip-like-contact     | after SELECT                 | GET CHALLENGE, P1 01    | 6A86   |
      | with P2                      | mchip-like-contact     | after SELECT                 | GET CHALLENGE, P2 01    | 6A86   |
      | with data                    | mchip-like-contact     | after SELECT                 | GET CHALLENGE, data 00  | 6700   |
      | for 4 bytes                  | mchip-like-contact     | after SELECT                 | GET CHALLENGE, Le 04    | 6C08   |
      | in the class of EMV          | mchip-like-contact     | after SELECT                 | GET CHALLENGE, class 80 | 6E00   |
      | of a card without PIN        | mchip-like-contactless | after SELECT                 | GET CHALLENGE           | 6D00   |
