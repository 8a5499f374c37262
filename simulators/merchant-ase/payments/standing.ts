import { sql } from 'kysely'
import type { Database } from '../database/tables.ts'

/** What became of a payment, as `POST /payments/status` tells it. Amounts are minor units, in decimal. */
export interface Standing {
  requestId: string
  /** `unknown`: no such payment of this terminal. `under way`: it has no outcome yet. */
  state: 'unknown' | 'under way' | 'ended'
  outcome: string | null
  code: string | null
  reason: string | null
  amount: { value: string; assetCode: string } | null
  /** Whether Rafiki told of the money; also true when it came after the terminal was told that the payment has failed. */
  received: boolean
  reversed: boolean
  refunds: { id: string; value: string; state: 'pending' | 'completed' | 'failed' }[]
}

/** What became of a terminal's payment, money and refunds included. */
export async function standingOf(db: Database, terminalId: string, requestId: string): Promise<Standing> {
  const payment = await db
    .selectFrom('payments')
    .selectAll()
    .where('terminal_id', '=', terminalId)
    .where('request_id', '=', requestId)
    .executeTakeFirst()
  if (payment === undefined) return { ...NOTHING, requestId }
  const refunds = await db
    .selectFrom('refunds')
    .select(['id', 'state', sql<string>`amount::text`.as('value')])
    .where('terminal_id', '=', terminalId)
    .where('payment_id', '=', requestId)
    .orderBy('requested_at')
    .execute()
  const { word, code, reason, amount, asset_code: assetCode } = payment
  return {
    requestId,
    state: word === null ? 'under way' : 'ended',
    outcome: word,
    code,
    reason,
    amount: assetCode === '' ? null : { value: String(amount), assetCode },
    received: payment.incoming_payment_id !== null,
    reversed: payment.reversed_at !== null,
    refunds,
  }
}

const NOTHING: Omit<Standing, 'requestId'> = {
  state: 'unknown',
  outcome: null,
  code: null,
  reason: null,
  amount: null,
  received: false,
  reversed: false,
  refunds: [],
}
