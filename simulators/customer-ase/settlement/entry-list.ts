import { type Kysely, sql } from 'kysely'
import type { Tables } from '../database/tables.ts'

/** What the issuer has written down about one outgoing payment. Amounts are minor units of the account. */
export interface ListedEntry {
  outgoingPaymentId: string
  /** Null when the decision is not kept any more. */
  state: 'declined' | 'reserved' | 'completed' | 'failed' | null
  /** By the decision; null as the state is. */
  debited: bigint | null
  /** By the ledger, and in how many entries. */
  ledger: bigint
  ledgerEntries: number
}

/** Entries of some accounts; or those of some outgoing payments, and what was decided on taps from `from` on and before `to` (ms). */
export type EntryChoice =
  | { accounts: readonly string[] }
  | { payments: readonly string[]; from: number; to: number }

/** The entries of a choice. The ledger is never cut, of decisions the newest are kept. */
export async function listEntries(db: Kysely<Tables>, choice: EntryChoice): Promise<ListedEntry[]> {
  const { decided, booked } = 'accounts' in choice ? ofAccounts(choice.accounts) : ofPayments(choice)
  const { rows } = await sql<Row>`
    with decided as (select outgoing_payment_id, state, debited from decisions where ${decided}),
      booked as (
        select outgoing_payment_id, -sum(amount) as ledger, count(*) as entries from ledger_entries
        where outgoing_payment_id is not null and ${booked} group by 1)
    select outgoing_payment_id as "outgoingPaymentId", state, debited::text as debited,
      coalesce(ledger, 0)::text as ledger, coalesce(entries, 0)::integer as "ledgerEntries"
    from decided full join booked using (outgoing_payment_id)`.execute(db)
  return rows.map((row) => ({
    ...row,
    debited: row.debited === null ? null : BigInt(row.debited),
    ledger: BigInt(row.ledger),
  }))
}

function ofAccounts(ids: readonly string[]) {
  const accounts = sql`account_id = any(string_to_array(${ids.join(' ')}, ' '))`
  return { decided: accounts, booked: accounts }
}

function ofPayments({ payments, from, to }: Extract<EntryChoice, { payments: unknown }>) {
  const named = sql`outgoing_payment_id in (select unnest(string_to_array(${payments.join(' ')}, ' ')::uuid[]))`
  const tapped = sql`initiated_at >= ${String(from)}::bigint and initiated_at < ${String(to)}::bigint`
  return {
    decided: sql`(${named} or ${tapped})`,
    booked: sql`(${named} or outgoing_payment_id in (select outgoing_payment_id from decisions where ${tapped}))`,
  }
}

type Row = Omit<ListedEntry, 'debited' | 'ledger'> & { debited: string | null; ledger: string }
