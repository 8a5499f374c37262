import { amountForAccount, isSignedCurrency } from './payment.ts'
import type { Rule, TapFacts } from './rule.ts'

export const ACCOUNT_CURRENCY: readonly Rule<TapFacts>[] = [
  {
    code: 'currency_not_accounts',
    broken: (facts) => !facts.card.abroad && !isSignedCurrency(facts, facts.account),
  },
]

export const FUNDS: readonly Rule<TapFacts>[] = [
  {
    code: 'balance_too_low',
    broken: ({ account, payment }) => account.balance - account.reserved < payment.debitAmount.value,
  },
  {
    code: 'limit_exceeded',
    broken: (facts) => facts.card.limit !== null && amountForAccount(facts) > facts.card.limit,
  },
]
