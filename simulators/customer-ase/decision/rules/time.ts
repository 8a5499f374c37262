import { fromEmvDateTime, NumericError } from '../../../../protocols/emv/numeric.ts'
import type { Rule, TapFacts } from './rule.ts'

export const DATE: readonly Rule<TapFacts>[] = [
  { code: 'date_outside_window', broken: (facts) => isOutsideWindow(facts) },
]

// The incoming payment expires while Rafiki still takes the deposit: funding that late debits the cardholder in vain.
export const DEADLINE: readonly Rule<TapFacts>[] = [
  {
    code: 'issuer_silent',
    broken: ({ payment, now, policy }) => now - payment.createdAt >= policy.decisionDeadlineMs,
  },
]

function isOutsideWindow({ payload, now, policy }: TapFacts): boolean {
  const signed = momentOf(payload)
  return signed === null || Math.abs(now - signed) > policy.dateWindowMs
}

/** The signed date and time (UTC), or null when the calendar has no such moment. */
function momentOf({ date, time }: TapFacts['payload']): number | null {
  try {
    return fromEmvDateTime(date, time)
  } catch (error) {
    if (error instanceof NumericError) return null
    throw error
  }
}
