import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

// What a card's PIN is verified with: the PAN as the HSM enciphered it, the PIN verification value, the tries that are left. `pin_from` is the
// amount (minor units) from which on a PIN is wanted; null of a card without PIN.
const COLUMNS = `alter table cards
  add column enciphered_pan bytea,
  add column pin_value text,
  add column pin_tries integer,
  add column pin_from bigint`

// As in 0002, with the card's PIN.
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
        'lastAtc', last_atc, 'recentTaps', to_jsonb(recent_taps), 'version', version,
        'pin', case when pin_value is not null then jsonb_build_object(
          'value', pin_value, 'tries', pin_tries, 'from', pin_from::text, 'encipheredPan', encode(enciphered_pan, 'hex')) end)
        order by number desc)
      from cards where account_id = payer.id), '[]'::jsonb));
end $$`

// As in 0002, with p_pin_tries: how many tries are left from now on, null when no PIN was verified. It is stored with the card's version, so
// that of two wrong PINs at once each costs a try.
const RECORD_DECISION = `
create function record_decision(
  p_payment uuid, p_event uuid, p_request text, p_account text, p_card text, p_version integer, p_atc integer, p_tap text,
  p_keep integer, p_hash bytea, p_initiated_at bigint, p_code text, p_amount bigint, p_pin_tries integer
) returns text language plpgsql as $$
declare refusal text := p_code;
begin
  if exists (select from decisions where outgoing_payment_id = p_payment) then return 'known'; end if;
  if p_version is not null then
    update cards
      set last_atc = greatest(last_atc, p_atc), recent_taps = (p_tap || recent_taps)[1:p_keep], version = version + 1,
        pin_tries = coalesce(p_pin_tries, pin_tries)
      where id = p_card and version = p_version;
    if not found then return 'stale'; end if;
  end if;
  if refusal is null then
    update accounts set reserved = reserved + p_amount where id = p_account and balance - reserved >= p_amount;
    if not found then refusal := 'balance_too_low'; end if;
  end if;
  insert into decisions
    (outgoing_payment_id, created_event, request_id, account_id, card_id, payload_hash, initiated_at, code, state, reserved)
    values (p_payment, p_event, p_request, p_account, p_card, p_hash, p_initiated_at, refusal,
      case when refusal is null then 'reserved' else 'declined' end,
      case when refusal is null then p_amount else 0 end);
  return coalesce(refusal, 'approved');
end $$`

const STATEMENTS = [COLUMNS, PAYER_OF, 'drop function record_decision', RECORD_DECISION]

export const pins: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
  },
}
