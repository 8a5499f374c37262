import { type Kysely, sql } from 'kysely'
import type { Tables } from '../database/tables.ts'

/** Money that came to an account, in minor units. */
export interface ListedCredit {
  incomingPaymentId: string
  amount: bigint
}

/** The credits from these incoming payments. */
export async function listCredits(
  db: Kysely<Tables>,
  incomingPayments: readonly string[],
): Promise<ListedCredit[]> {
  const { rows } = await sql<{ incomingPaymentId: string; amount: string }>`
    select incoming_payment_id as "incomingPaymentId", amount::text as amount from credits
    where incoming_payment_id in (select unnest(string_to_array(${incomingPayments.join(' ')}, ' ')))`.execute(
    db,
  )
  return rows.map(({ incomingPaymentId, amount }) => ({ incomingPaymentId, amount: BigInt(amount) }))
}
