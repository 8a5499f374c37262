import { currencyByNumeric } from '../../../../protocols/emv/currency.ts'
import { toPaymentPointer } from '../../../../protocols/interledger/payment-pointer.ts'
import type { Money } from '../payment.ts'
import type { Rule, TapFacts } from './rule.ts'

/** What the card signed is what Rafiki is asked to pay. */
export const PAYMENT: readonly Rule<TapFacts>[] = [
  {
    code: 'amount_mismatch',
    broken: ({ payload, payment }) => payload.amount !== payment.receiveAmount.value,
  },
  { code: 'currency_mismatch', broken: (facts) => !isSignedCurrency(facts, facts.payment.receiveAmount) },
  // It has expired, or the merchant's Rafiki is gone: then nobody can tell for whom the money is.
  { code: 'payment_not_completed', broken: ({ receiver }) => receiver === null },
  {
    code: 'receiver_mismatch',
    broken: ({ payload, receiver }) => receiver === null || payload.receiver !== toPaymentPointer(receiver),
  },
]

/** Whether the signed currency (ISO 4217 numeric code and exponent) is this asset. */
export function isSignedCurrency(
  { payload }: TapFacts,
  asset: Pick<Money, 'assetCode' | 'assetScale'>,
): boolean {
  return (
    currencyByNumeric(payload.currency)?.code === asset.assetCode && payload.exponent === asset.assetScale
  )
}

/** What the cardholder pays, in minor units of the account: in another currency it is what Rafiki's quote says. */
export function amountForAccount(facts: TapFacts): bigint {
  const { payload, payment, account } = facts
  return isSignedCurrency(facts, account) ? payload.amount : payment.debitAmount.value
}
