import { isSignedCurrency } from './payment.ts'
import type { Rule, TapFacts } from './rule.ts'

export const ACCOUNT_CURRENCY: readonly Rule<TapFacts>[] = [
  { code: 'currency_not_accounts', broken: (facts) => !isSignedCurrency(facts, facts.account) },
]

export const FUNDS: readonly Rule<TapFacts>[] = [
  {
    code: 'balance_too_low',
    broken: ({ account, payment }) => account.balance - account.reserved < payment.debitAmount.value,
  },
  {
    code: 'limit_exceeded',
    broken: ({ card, payload }) => card.limit !== null && payload.amount > card.limit,
  },
]
