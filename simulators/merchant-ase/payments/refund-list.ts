import { sql } from 'kysely'
import type { Database } from '../database/tables.ts'
import type { PaymentChoice } from './payment-list.ts'

/** A refund as the merchant ASE has it. Amounts are minor units. */
export interface ListedRefund {
  id: string
  terminalId: string
  /** Request id of the payment that it gives back. */
  paymentId: string
  amount: bigint
  state: 'pending' | 'completed' | 'failed'
  /** Null when no money was sent for it. */
  outgoingPaymentId: string | null
  /** What the payment was of; null when it is not known. */
  paid: bigint | null
  /** All that was or is being given back of the payment. */
  givenBack: bigint
  /** Milliseconds since 1970. */
  requestedAt: number
}

/** The refunds of some merchants, or those asked for in a time. */
export async function listRefunds(db: Database, choice: PaymentChoice): Promise<ListedRefund[]> {
  const chosen =
    'merchants' in choice
      ? sql`r.terminal_id in (select id from terminals where merchant_id = any(string_to_array(${choice.merchants.join(' ')}, ' ')))`
      : sql`r.requested_at >= ${choice.from}::bigint and r.requested_at < ${choice.to}::bigint`
  const { rows } = await sql<Row>`
    select r.id, r.requested_at::text as "requestedAt", r.terminal_id as "terminalId", r.payment_id as "paymentId", r.amount::text as amount, r.state,
      r.outgoing_payment_id as "outgoingPaymentId", p.amount::text as paid,
      (select coalesce(sum(amount), 0)::text from refunds
        where terminal_id = r.terminal_id and payment_id = r.payment_id and state <> 'failed') as "givenBack"
    from refunds r left join payments p on p.terminal_id = r.terminal_id and p.request_id = r.payment_id
    where ${chosen}`.execute(db)
  return rows.map((row) => ({
    ...row,
    amount: BigInt(row.amount),
    paid: row.paid === null ? null : BigInt(row.paid),
    givenBack: BigInt(row.givenBack),
    requestedAt: Number(row.requestedAt),
  }))
}

type Row = Omit<ListedRefund, 'amount' | 'paid' | 'givenBack' | 'requestedAt'> &
  Record<'amount' | 'givenBack' | 'requestedAt', string> & { paid: string | null }
