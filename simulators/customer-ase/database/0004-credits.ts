import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

// Money that came to an account, such as a refund: once for each incoming payment.
const TABLE = `create table credits (
  incoming_payment_id text primary key,
  account_id text not null references accounts (id),
  amount bigint not null
)`

/** Puts an incoming payment into the account of its wallet address; false when it is there already, null when nobody has that address. */
const CREDIT = `
create function credit(p_incoming text, p_wallet_address_id text, p_asset_code text, p_asset_scale integer, p_amount bigint)
returns boolean language plpgsql as $$
declare holder accounts%rowtype;
begin
  select * into holder from accounts
    where wallet_address_id = p_wallet_address_id and asset_code = p_asset_code and asset_scale = p_asset_scale for update;
  if not found then return null; end if;
  insert into credits (incoming_payment_id, account_id, amount) values (p_incoming, holder.id, p_amount) on conflict do nothing;
  if not found then return false; end if;
  update accounts set balance = balance + p_amount where id = holder.id;
  insert into ledger_entries (account_id, amount, outgoing_payment_id) values (holder.id, p_amount, null);
  return true;
end $$`

export const credits: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of [TABLE, CREDIT]) await sql.raw(statement).execute(db)
  },
}
