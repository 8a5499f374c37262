import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

// One tap is three calls of these functions. Each is one round trip and one transaction, and its plans are kept by the session: planning
// the same statements anew costs three times as much as running them.

/** What the issuer knows about a payment and its payer: the event that the decision came from, if any, the account, its cards. */
const PAYER_OF = `
create function payer_of(p_payment uuid, p_wallet_address_id text) returns jsonb language plpgsql stable as $$
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
        'lastAtc', last_atc, 'recentTaps', to_jsonb(recent_taps), 'version', version) order by number desc)
      from cards where account_id = payer.id), '[]'::jsonb));
end $$`

/**
 * Stores one decision with all its effects, or nothing. p_version is the card's version when the cryptogram was right and the tap is new
 * to the card, else null. Gives 'stale' when the card has changed since it was read, 'known' when the payment was decided before, else the
 * reason code or 'approved'. Rows are locked in the order card, account, as nowhere else both are.
 */
const RECORD_DECISION = `
create function record_decision(
  p_payment uuid, p_event uuid, p_request text, p_account text, p_card text, p_version integer, p_atc integer, p_tap text,
  p_keep integer, p_hash bytea, p_initiated_at bigint, p_code text, p_amount bigint
) returns text language plpgsql as $$
declare refusal text := p_code;
begin
  if exists (select from decisions where outgoing_payment_id = p_payment) then return 'known'; end if;
  if p_version is not null then
    update cards
      set last_atc = greatest(last_atc, p_atc), recent_taps = (p_tap || recent_taps)[1:p_keep], version = version + 1
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

/**
 * Ends a payment: debits what was sent, gives back the rest of the reservation. What Rafiki says it sent is debited whatever was decided
 * before, since the money is gone; a failure touches only what is still reserved. Gives 'duplicate' (event), 'unknown' (payment),
 * 'closed' (nothing left to do) or 'settled'.
 */
const SETTLE = `
create function settle(p_event uuid, p_payment uuid, p_state text, p_sent bigint, p_code text) returns text
language plpgsql as $$
declare payment decisions%rowtype;
begin
  select * into payment from decisions where outgoing_payment_id = p_payment for update;
  if not found then return 'unknown'; end if;
  if payment.ended_event = p_event then return 'duplicate'; end if;
  if payment.state = 'completed' or (p_state = 'failed' and payment.state <> 'reserved') then return 'closed'; end if;
  update decisions
    set state = p_state, reserved = 0, debited = p_sent, code = p_code, ended_event = p_event
    where outgoing_payment_id = p_payment;
  update accounts set reserved = reserved - payment.reserved, balance = balance - p_sent where id = payment.account_id;
  if p_sent <> 0 and payment.account_id is not null then
    insert into ledger_entries (account_id, amount, outgoing_payment_id) values (payment.account_id, -p_sent, p_payment);
  end if;
  return 'settled';
end $$`

export const functions: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of [PAYER_OF, RECORD_DECISION, SETTLE]) await sql.raw(statement).execute(db)
  },
}
