@requires:controlled-merchant-ase @onboarding
Feature: Requests of an onboarded terminal
  After the onboarding every request comes over TLS with the terminal's certificate and is signed by the same key (RFC 9421), now and once.

  Background:
    Given a merchant with an onboarded terminal

  Scenario Outline: a request that <what>
    When the terminal sends a request that <what>
    Then the ceremony ends because "<reason>"

    Examples:
      | what                                           | reason                            |
      | is not signed                                  | request signature is wrong        |
      | is signed by another key of the device         | request signature is wrong        |
      | is another one than was signed                 | request signature is wrong        |
      | names a terminal that nobody onboarded         | terminal is not onboarded         |
      | names another terminal                         | request signature is wrong        |
      | is a minute and a second old                   | request is older than its window  |
      | is of the future                               | request is older than its window  |
      | comes without a certificate                    | terminal showed no certificate    |
      | comes with the certificate of another terminal | certificate is another terminal's |
      | comes with a certificate of another authority  | terminal's certificate is refused |
      | comes with a certificate that has expired      | terminal's certificate is refused |
      | comes with a certificate that is not valid yet | terminal's certificate is refused |
      | comes with a certificate for another use       | terminal's certificate is refused |

  Scenario: a request that was sent before
    Given settings "default" that the merchant ASE decided
    When the terminal sends the same request twice
    Then the ceremony is done
