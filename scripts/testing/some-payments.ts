/**
 * Names of scenarios of features/payment to try a Rafiki with: two that pay, one that the issuer declines, one that waits, one that stops a service
 * of Rafiki, one that needs a hand inside it.
 */
export const SOME_PAYMENTS = `^(${[
  'three taps of one card',
  'not enough balance',
  '"outgoing_payment.completed" is delivered',
  'the issuer needs 1 seconds',
  "merchant's point-of-sale is down",
  "the merchant's ILP connector is down",
].join('|')})`
