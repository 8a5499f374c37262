import type { ReasonCode } from '../../../protocols/outcome/outcome.ts'
import type { CardPaymentFailure } from './customer-rafiki.ts'

// Rafiki knows two reasons. A signature is invalid when it is not one made for this payment: wrong, made for an earlier one, or made over
// other data than the payment's. What the issuer refuses although the card did sign this very payment is an invalid request.
const SIGNATURE_FAILURES: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  'wallet_mismatch',
  'cryptogram_wrong',
  'cryptogram_replayed',
  'amount_mismatch',
  'currency_mismatch',
  'receiver_mismatch',
])

/** What the card service is told of an issuer's reason. */
export function cardPaymentFailure(code: ReasonCode): CardPaymentFailure {
  return SIGNATURE_FAILURES.has(code) ? 'invalid_signature' : 'invalid_request'
}
