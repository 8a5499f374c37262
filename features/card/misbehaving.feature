@card @misbehaving
Feature: Cards that misbehave
  Each profile of a bad card shows its one fault and is a sound card otherwise, so that what a terminal does about it is due to that fault.

  @EMV-B2-6.5 @EMV-B2-6.6
  Scenario: "wrong-sdad" signs wrongly and nothing else
    A profile that failed this would test something other than the check of dynamic signatures.
    Given a card "wrong-sdad" in the reader
    Then compared with a card "mchip-like-contact", only this is different:
      | where | tag |
    Given a card "wrong-sdad" in the reader
    And the terminal has read the card
    Then the terminal proves the card's certificate
    When the terminal sends "INTERNAL AUTHENTICATE"
    Then the card answers 9000
    And the terminal cannot prove the dynamic signature, because what is recovered was never signed
    When the terminal sends "GENERATE AC for an ARQC with CDA"
    Then the card answers 9000
    And the terminal cannot prove the combined signature, because what is recovered was never signed

  @EMV-B2-6.4
  Scenario: "wrong-certificate" has a wrong certificate and signs well
    A profile that failed this would test something other than the check of certificates.
    Given a card "wrong-certificate" in the reader
    Then compared with a card "mchip-like-contact", only this is different:
      | where          | tag  |
      | SFI 4 record 1 | 9F46 |
    Given a card "wrong-certificate" in the reader
    And the terminal has read the card
    Then the terminal proves the issuer's certificate
    And the terminal proves the signed static data
    And the terminal cannot prove the card's certificate, because recovered data trailer is not BC
    When the terminal sends "GENERATE AC for an ARQC"
    Then the issuer finds the cryptogram right

  @EMV-B3-7.2
  Scenario: "missing-mandatory-tag" lacks its expiration date
    A profile that failed this would test something other than the check of mandatory data.
    Given a card "missing-mandatory-tag" in the reader
    Then compared with a card "ccd-tdes-contact", only this is different:
      | where          | tag  |
      | SFI 2 record 1 | 5F24 |
      | SFI 1 record 4 | 9F46 |
    Given a card "missing-mandatory-tag" in the reader
    When the terminal has read the card
    Then the card has told:
      | tag  | value |
      | 5F24 | none  |
    And the terminal proves the card's certificate

  @EMV-B3-10.2
  Scenario: "duplicate-tag" tells its account number twice
    A profile that failed this would test something other than the check for redundant data.
    Given a card "duplicate-tag" in the reader
    Then compared with a card "ccd-tdes-contact", only this is different:
      | where          | tag |
      | SFI 1 record 1 | 5A  |
    Given a card "duplicate-tag" in the reader
    When the terminal has read the card
    Then the terminal proves the card's certificate

  @EMV-B3-10.4
  Scenario: "expired" has expired, its certificates have not
    A profile that failed this would test something other than the check of dates.
    Given a card "expired" in the reader
    Then compared with a card "ccd-tdes-contact", only this is different:
      | where          | tag  |
      | SFI 1 record 1 | 57   |
      | SFI 1 record 4 | 9F46 |
      | SFI 2 record 1 | 5F24 |
    Given a card "expired" in the reader
    When the terminal has read the card
    Then the card has told:
      | tag  | value  |
      | 5F24 | 201231 |
    And the terminal proves the card's certificate

  @EMV-B1-11.3.5
  Scenario: "blocked-application" is a blocked card that tells everything
    A profile that failed this would test something other than blocking.
    Given a card "blocked-application" in the reader
    Then compared with a card "ccd-tdes-contact", only this is different:
      | where | tag |
    Given a card "blocked-application" in the reader
    When the terminal sends "SELECT the application"
    Then the card answers 6283

  @EMV-B3-10.2
  Scenario: "afl-nowhere" points to a file that is not there
    A profile that failed this would test something other than the reading of records.
    Given a card "afl-nowhere" in the reader
    And the card stands after GET PROCESSING OPTIONS
    Then the card has told:
      | tag | value    |
      | 94  | 50010200 |
    And the card answers these commands in turn:
      | command                 | answer |
      | READ RECORD 1 of SFI 10 | 6A82   |
      | READ RECORD 2 of SFI 10 | 6A82   |
      | READ RECORD 1 of SFI 1  | 9000   |
      | GENERATE AC for an ARQC | 9000   |
    And the issuer finds the cryptogram right

  @EMV-B3-10.2
  Scenario: "length-overflow" says more bytes than there are
    A profile that failed this would test something other than the reading of BER-TLV.
    Given a card "length-overflow" in the reader
    And the card stands after GET PROCESSING OPTIONS
    When the terminal sends "READ RECORD 1 of SFI 1"
    Then the card answers 9000
    And the answer is no BER-TLV
    When the terminal sends "GENERATE AC for an ARQC"
    Then the issuer finds the cryptogram right

  @EMV-B1-9.3
  Scenario: "endless-61xx" always has more to say
    A profile that failed this would test something other than the patience of a terminal.
    Given a card "endless-61xx" in the reader
    Then the card answers these commands in turn:
      | command                | answer |
      | SELECT PSE             | 6110   |
      | 00C0000010             | 6110   |
      | 00C0000010             | 6110   |
      | SELECT the application | 6110   |
      | 00C0000010             | 6110   |

  @EMV-B1-9
  Scenario: "slow" answers late and right
    A profile that failed this would test something other than the waiting time of a terminal.
    Given a card "slow" in the reader
    When the terminal sends "SELECT the application"
    Then the card answers 9000
    And the card takes at least 300 ms for it
    And the answer is built as "6F(84 A5(50 87 9F38 5F2D 9F11 9F12))"

  @EMV-B1-9
  Scenario: "mute" says its answer to reset and nothing else
    A profile that failed this would test something other than a card that leaves.
    Given a card "mute" in the reader
    When the terminal sends "SELECT PSE"
    Then the card leaves without an answer

  @EMV-B3-10.3
  Scenario: "no-oda" has nothing that can be proved offline
    A profile that failed this would test something other than a card without certificates.
    Given a card "no-oda" in the reader
    When the terminal has read the card
    Then the card has told:
      | tag  | value |
      | 82   | 1800  |
      | 8F   | none  |
      | 90   | none  |
      | 93   | none  |
      | 9F46 | none  |
      | 9F4A | none  |
    When the terminal sends "GENERATE AC for an ARQC"
    Then the issuer finds the cryptogram right
