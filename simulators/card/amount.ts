import { fromBcd, NumericError } from '../../protocols/emv/numeric.ts'
import type { Values } from './application.ts'

/**
 * Amount, Authorised (9F02, format n12) in minor units; 0 where the terminal was not asked for it. Null when its digits are none (EMV 4.4
 * Book 3, 4.3): a card cannot manage the risk of that.
 */
export function amountOf(told: Values): number | null {
  const amount = told.get('9F02')
  if (amount === undefined) return 0
  try {
    return Number(fromBcd(amount))
  } catch (error) {
    if (error instanceof NumericError) return null
    throw error
  }
}
