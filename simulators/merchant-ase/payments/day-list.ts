import { sql } from 'kysely'
import type { Database } from '../database/tables.ts'
import type { DayRequest } from './after-requests.ts'

/** A merchant's day in one currency: how many, and how much in minor units, in decimal. */
export interface DayTotals {
  assetCode: string
  approved: { count: number; value: string }
  declined: number
  failed: number
  /** Money that came although the terminal was told that the payment has failed. */
  late: { count: number; value: string }
  /** What was given back of the payments of this day, whenever that was. */
  refunded: { count: number; value: string }
  /** Approved and late, less what was given back. */
  net: string
}

/** A merchant's totals by currency: of all its terminals, of payments begun in a time. */
export async function dayListOf(
  db: Database,
  merchantId: string,
  { from, to }: DayRequest,
): Promise<DayTotals[]> {
  const { rows } = await sql<DayTotals>`
    with day as (
      select payments.*, coalesce((
          select jsonb_build_object('count', count(*), 'value', sum(amount)) from refunds
          where refunds.terminal_id = payments.terminal_id and payment_id = request_id and state = 'completed'
        ), '{}') as back,
        word = 'Approved' as approved, word = 'Failed' and incoming_payment_id is not null as late
      from payments join terminals on terminals.id = terminal_id
      where merchant_id = ${merchantId} and created_at >= ${from} and created_at < ${to} and asset_code <> ''
    ), sums as (
      select asset_code, count(*) filter (where approved) as taken, coalesce(sum(amount) filter (where approved), 0) as taken_value,
        count(*) filter (where word = 'Declined') as declined, count(*) filter (where word = 'Failed') as failed,
        count(*) filter (where late) as late, coalesce(sum(amount) filter (where late), 0) as late_value,
        sum((back->>'count')::int) as back, coalesce(sum((back->>'value')::bigint), 0) as back_value
      from day group by asset_code
    )
    select asset_code as "assetCode", declined::int, failed::int,
      jsonb_build_object('count', taken, 'value', taken_value::text) as approved,
      jsonb_build_object('count', late, 'value', late_value::text) as late,
      jsonb_build_object('count', back, 'value', back_value::text) as refunded,
      (taken_value + late_value - back_value)::text as net
    from sums order by asset_code`.execute(db)
  return rows
}
