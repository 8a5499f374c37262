import { sql } from 'kysely'
import type { Word } from '../../../protocols/outcome/outcome.ts'
import type { Database } from '../database/tables.ts'

/** A payment as the merchant ASE has it: amount in minor units, moment in ms since 1970. */
export interface ListedPayment {
  terminalId: string
  requestId: string
  amount: bigint
  assetCode: string
  /** Rafiki's id of the merchant's wallet address; null when it has none. */
  receiverId: string | null
  createdAt: number
  /** Null while it is under way. */
  word: Word | null
  /** The money that was credited to it; null when none has come. */
  incomingPaymentId: string | null
}

/** Payments of some merchants, or those begun from `from` on and before `to`. */
export type PaymentChoice = { merchants: readonly string[] } | { from: number; to: number }

/** The payments of a choice, the oldest first. */
export async function listPayments(db: Database, choice: PaymentChoice): Promise<ListedPayment[]> {
  const chosen =
    'merchants' in choice
      ? sql`terminal_id in (select id from terminals where merchant_id = any(string_to_array(${choice.merchants.join(' ')}, ' ')))`
      : sql`created_at >= ${choice.from}::bigint and created_at < ${choice.to}::bigint`
  const { rows } = await sql<Row>`
    select terminal_id as "terminalId", request_id as "requestId", amount::text as amount, asset_code as "assetCode",
      receiver_id as "receiverId", created_at::text as "createdAt", word, incoming_payment_id as "incomingPaymentId"
    from payments where ${chosen} order by created_at`.execute(db)
  return rows.map((row) => ({ ...row, amount: BigInt(row.amount), createdAt: Number(row.createdAt) }))
}

type Row = Omit<ListedPayment, 'amount' | 'createdAt'> & Record<'amount' | 'createdAt', string>
