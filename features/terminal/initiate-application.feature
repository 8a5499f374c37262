@terminal @contact @EMV-B3-10.1 @EMV-B3-6.5.8
Feature: Initiate application processing
  The terminal gives the card what its PDOL asks for, and gets the application's profile (AIP) and the list of records (AFL).

  Background:
    Given a cardholder with a card "plain-contact"
    And a terminal "contact" whose own rules never match

  @EMV-B3-5.4
  Scenario Outline: the PDOL is <PDOL>
    A terminal that fills a list wrongly gives the card values that mean something else.

    Given the card's data object 9F38 is "<PDOL>"
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Approved"
    And the terminal sent "<command>"

    Examples: none, amount and currency, an unknown object, too short and too long for a number, a binary one, one of the card's own
      | PDOL                | command                                     |
      | none                | 80A80000 02 8300                            |
      | 9F02 06 5F2A 02     | 80A80000 0A 8308 000000001250 0978          |
      | 9F7E 03             | 80A80000 05 8303 000000                     |
      | 9F02 02             | 80A80000 04 8302 1250                       |
      | 9F02 08             | 80A80000 0A 8308 0000000000001250           |
      | 9F1A 01             | 80A80000 03 8301 76                         |
      | 9F35 01 9F40 05     | 80A80000 08 8306 22 6000F0A001              |
      | 9F33 02             | 80A80000 04 8302 E0F8                       |
      | 9F4E 18             | 80A80000 1A 8318 54617062656E636820         |

  Scenario Outline: an answer of format <format>
    A terminal that reads one of the two formats refuses half of all cards.

    Given a cardholder with a card "plain-contact" that differs in:
      """
      applications:
        - format: <format>
      """
    And the terminal's "capabilities" is "E0F8C0"
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Approved"
    And the TVR is "0000000000"
    And the terminal notes under "Initiate application processing": "AIP 7D00"

    Examples:
      | format |
      | 1      |
      | 2      |

  @EMV-B1-12.4
  Scenario: the card does not want its best application to be used
    A terminal that ends at 6985 never comes to the application that the card would let be used.

    Given a cardholder with a card "two-applications" that differs in:
      """
      faults: { answers: { 80A8000002: { raw: 6985 } } }
      applications:
        - pdol: 9F1A 02
      """
    And the issuer action codes of the card never match
    And the terminal's "AIDs" is "A0000000041010, A0000000043060"
    When a purchase of 12.50 EUR is made
    Then the terminal notes under "Initiate application processing": "application refused: 6985"
    And the card selected is "A0000000041010"
    And the terminal shows "Approved"

  @EMV-B1-12.4
  Scenario: the card does not want its only application to be used
    A terminal that tries the same application again never ends.

    Given commands that begin with "80A8" get the answer "6985"
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Failed" because "card and terminal have no application in common"

  Scenario Outline: GET PROCESSING OPTIONS is answered with <what>
    A terminal that goes on without a whole profile of the application makes one up.

    Given commands that begin with "80A8" get the answer "<answer>"
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Failed" because "card answered with data that breaks the specification"

    Examples:
      | what                     | answer                          |
      | a status word            | 6A80                            |
      | another status word      | 6700                            |
      | nothing                  | 9000                            |
      | an empty template        | 8000 9000                       |
      | no AFL, format 1         | 80027D00 9000                   |
      | no AIP                   | 7706 9404 08010100 9000         |
      | no AFL, format 2         | 7704 82027D00 9000              |
      | an AIP of three bytes    | 770B 82037D0000 940408010100 9000 |
      | an AFL of three bytes    | 7709 82027D00 9403080101 9000   |
      | another template         | 700A 82027D00 940408010100 9000 |
      | two templates            | 80067D0008010100 80067D0008010100 9000 |
      | an AIP twice             | 770E 82027D00 82027D00 940408010100 9000 |
      | a length that is too long | 80107D0008010100 9000          |

  @EMV-B3-10.2
  Scenario Outline: the AFL is <AFL>
    A terminal that makes the best of a broken list reads other records than the card meant.

    Given the card's data object 94 is "<AFL>"
    When a purchase of 12.50 EUR is made
    Then the terminal shows "Failed" because "card answered with data that breaks the specification"

    Examples: SFI 0, SFI 31, record 0, last before first, more authenticated than there are, five bytes, reserved bits of the SFI
      | AFL        |
      | 00010100   |
      | F8010100   |
      | 08000100   |
      | 08020100   |
      | 08010102   |
      | 0801010008 |
