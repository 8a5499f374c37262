import type { TrustReason } from '../../../protocols/onboarding/reasons.ts'
import type { ReasonCode } from '../../../protocols/outcome/outcome.ts'
import type { Database, Tables } from '../database/tables.ts'

export type MerchantState = Tables['merchants']['state']

/** From which states a merchant comes to each; who is there already stays. Nothing leads back out of `closed`. */
const FROM: Readonly<Record<MerchantState, readonly MerchantState[]>> = {
  onboarded: ['onboarded'],
  active: ['onboarded', 'active', 'suspended'],
  suspended: ['active', 'suspended'],
  closed: ['onboarded', 'active', 'suspended', 'closed'],
}

/** Why a merchant that is not active takes no payment, and its terminals get nothing. */
export const INACTIVE = {
  onboarded: 'merchant_not_activated',
  suspended: 'merchant_suspended',
  closed: 'merchant_closed',
} as const satisfies Record<Exclude<MerchantState, 'active'>, ReasonCode & TrustReason>

/** Gives a merchant another state, and the state it has when that cannot be; null for one that is not registered. */
export async function moveMerchant(
  db: Database,
  id: string,
  to: MerchantState,
): Promise<{ moved: true } | { moved: false; state: MerchantState | null }> {
  const changed = await db
    .updateTable('merchants')
    .set({ state: to })
    .where('id', '=', id)
    .where('state', 'in', FROM[to])
    .executeTakeFirst()
  if (changed.numUpdatedRows === 1n) return { moved: true }
  const found = await db.selectFrom('merchants').select('state').where('id', '=', id).executeTakeFirst()
  return { moved: false, state: found?.state ?? null }
}
