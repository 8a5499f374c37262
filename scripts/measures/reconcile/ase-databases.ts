import { sql } from 'kysely'
import { openDatabase } from '../../../simulators/common/database.ts'
import { migrations as customerMigrations } from '../../../simulators/customer-ase/database/migrations.ts'
import type { Tables as CustomerTables } from '../../../simulators/customer-ase/database/tables.ts'
import { migrations as merchantMigrations } from '../../../simulators/merchant-ase/database/migrations.ts'
import type { Database, Tables as MerchantTables } from '../../../simulators/merchant-ase/database/tables.ts'
import { AMOUNT, BEGUN_MS, SHOP, WRONG_EVERY } from './payments.ts'

/** Both ASEs' databases on a server, each with so many payments; `close` closes both. */
export async function fillAseDatabases(url: string, count: number) {
  const merchant: Database = await openDatabase<MerchantTables>(
    { url, schema: 'merchant_ase' },
    merchantMigrations,
  )
  const customer = await openDatabase<CustomerTables>({ url, schema: 'customer_ase' }, customerMigrations)
  await sql`insert into payments
    (terminal_id, request_id, body_digest, amount, asset_code, sender, receiver_id, created_at, word, incoming_payment_id)
    select 'till', md5('request' || n)::uuid, '', ${AMOUNT}::bigint, 'EUR', 'https://wallet.example/holder', ${SHOP},
      ${BEGUN_MS}::bigint + n * 1000, case when n % ${WRONG_EVERY}::integer = 0 then 'Declined' else 'Approved' end, md5('in' || n)
    from generate_series(0, ${count - 1}::integer) n`.execute(merchant)
  // The merchant ASE has the ids of Rafiki as Rafiki writes them.
  await sql`update payments set incoming_payment_id = incoming_payment_id::uuid::text`.execute(merchant)
  await sql`insert into accounts (id, wallet_address, wallet_address_id, asset_code, asset_scale, balance)
    values ('holder', 'https://wallet.example/holder', 'holder', 'EUR', 2, 0)`.execute(customer)
  await sql`insert into decisions
    (outgoing_payment_id, created_event, account_id, payload_hash, initiated_at, state, reserved, debited)
    select md5('out' || n)::uuid, md5('event' || n)::uuid, 'holder', '', ${BEGUN_MS}::bigint + n * 1000, 'completed', 0,
      ${AMOUNT}::bigint from generate_series(0, ${count - 1}::integer) n`.execute(customer)
  await sql`insert into ledger_entries (account_id, amount, outgoing_payment_id)
    select 'holder', -${AMOUNT}::bigint, md5('out' || n)::uuid from generate_series(0, ${count - 1}::integer) n`.execute(
    customer,
  )
  for (const db of [merchant, customer]) await sql`analyze`.execute(db)
  const close = async () => void (await Promise.all([merchant.destroy(), customer.destroy()]))
  return { merchant, customer, close }
}
