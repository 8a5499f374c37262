import { ACCOUNT_CURRENCY, FUNDS } from './account.ts'
import { CRYPTOGRAM } from './cryptogram.ts'
import { PAYMENT } from './payment.ts'
import { PIN } from './pin.ts'
import type { Rule, TapFacts } from './rule.ts'
import { DATE, DEADLINE } from './time.ts'

/** What is asked of a tap once its card is known and active, in this order; the first that is broken is the reason. */
export const RULES_BEFORE_PIN: readonly Rule<TapFacts>[] = [
  ...CRYPTOGRAM,
  // Before what Rafiki says of the payment: of an expired one it says nothing more.
  ...DEADLINE,
  ...PAYMENT,
  ...ACCOUNT_CURRENCY,
  ...DATE,
]

/** And the rest, when all those hold. */
export const RULES_FROM_PIN: readonly Rule<TapFacts>[] = [...PIN, ...FUNDS]
