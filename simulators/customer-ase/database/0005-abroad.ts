import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

const COLUMN = 'alter table cards add column abroad boolean not null default false'

// As in 0003, with whether the card may pay in other currencies than its account's.
const PAYER_OF = `
create or replace function payer_of(p_payment uuid, p_wallet_address_id text) returns jsonb language plpgsql stable as $$
declare payer accounts%rowtype;
begin
  select * into payer from accounts where wallet_address_id = p_wallet_address_id;
  return jsonb_build_object(
    'decidedBy', (select created_event from decisions where outgoing_payment_id = p_payment),
    'account', case when payer.id is not null then jsonb_build_object(
      'id', payer.id, 'walletAddress', payer.wallet_address, 'assetCode', payer.asset_code,
      'assetScale', payer.asset_scale, 'balance', payer.balance::text, 'reserved', payer.reserved::text) end,
    'cards', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', id, 'keyLabel', key_label, 'algorithm', algorithm, 'state', state, 'limit', transaction_limit::text,
        'lastAtc', last_atc, 'abroad', abroad, 'recentTaps', to_jsonb(recent_taps), 'version', version,
        'pin', case when pin_value is not null then jsonb_build_object(
          'value', pin_value, 'tries', pin_tries, 'from', pin_from::text, 'encipheredPan', encode(enciphered_pan, 'hex')) end)
        order by number desc)
      from cards where account_id = payer.id), '[]'::jsonb));
end $$`

export const abroad: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of [COLUMN, PAYER_OF]) await sql.raw(statement).execute(db)
  },
}
