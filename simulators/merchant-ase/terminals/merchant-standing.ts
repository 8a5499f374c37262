import type { Database } from '../database/tables.ts'
import { INACTIVE } from '../merchants/merchant-state.ts'
import { refuse } from './trust-answer.ts'

/** Refuses what only terminals of active merchants get. In a transaction, the merchant's state stays what it is until that ends. */
export async function expectActive(db: Database, merchantId: string): Promise<void> {
  const { state } = await db
    .selectFrom('merchants')
    .select('state')
    .where('id', '=', merchantId)
    .forShare()
    .executeTakeFirstOrThrow()
  if (state !== 'active') refuse(INACTIVE[state])
}
