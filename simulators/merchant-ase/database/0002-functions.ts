import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

// Each of these is one round trip and one transaction, and the session keeps its plans: planning the same statements anew for every tap
// costs several times as much as running them.

/** The terminal with its merchant and the merchant's wallet for a currency (null when it has none); null for an unknown terminal. */
const TERMINAL_WITH_MERCHANT = `
create function terminal_with_merchant(p_terminal text, p_asset_code text) returns jsonb language plpgsql stable as $$
declare found_row jsonb;
begin
  select jsonb_build_object(
      'id', t.id, 'publicKey', t.public_key, 'merchantId', m.id, 'merchantState', m.state,
      'wallet', case when w.merchant_id is not null then jsonb_build_object(
        'walletAddress', w.wallet_address, 'walletAddressId', w.wallet_address_id, 'assetCode', w.asset_code,
        'assetScale', w.asset_scale, 'limit', w.payment_limit::text) end)
    into found_row
    from terminals t
    join merchants m on m.id = t.merchant_id
    left join merchant_wallets w on w.merchant_id = m.id and w.asset_code = p_asset_code
    where t.id = p_terminal and t.state = 'active';
  return found_row;
end $$`

/**
 * Takes the nonce, then the request id. Gives 'replayed' for a nonce whose window is not over, 'new' when this call may make the payment, or 'known' with
 * what is stored of the payment that has this request id.
 */
const CLAIM_PAYMENT = `
create function claim_payment(
  p_terminal text, p_nonce text, p_nonce_expires_at bigint, p_request uuid, p_digest bytea,
  p_amount bigint, p_asset_code text, p_sender text, p_receiver_id text, p_now bigint
) returns jsonb language plpgsql as $$
declare former payments%rowtype;
begin
  insert into nonces (terminal_id, nonce, expires_at) values (p_terminal, p_nonce, p_nonce_expires_at)
    on conflict (terminal_id, nonce) do update set expires_at = excluded.expires_at where nonces.expires_at < p_now;
  if not found then return jsonb_build_object('state', 'replayed'); end if;
  insert into payments (terminal_id, request_id, body_digest, amount, asset_code, sender, receiver_id, created_at)
    values (p_terminal, p_request, p_digest, p_amount, p_asset_code, p_sender, p_receiver_id, p_now) on conflict do nothing;
  if found then return jsonb_build_object('state', 'new'); end if;
  select * into former from payments where terminal_id = p_terminal and request_id = p_request;
  return jsonb_build_object(
    'state', 'known', 'sameBody', former.body_digest = p_digest, 'word', former.word, 'code', former.code, 'reason', former.reason);
end $$`

/** Stores how a payment ended. */
const FINISH_PAYMENT = `
create function finish_payment(p_terminal text, p_request uuid, p_word text, p_code text, p_reason text) returns void
language plpgsql as $$
begin
  update payments set word = p_word, code = p_code, reason = p_reason
    where terminal_id = p_terminal and request_id = p_request;
end $$`

/**
 * Takes a completed incoming payment, once per event, and gives 'duplicate', or 'taken' with the payment the money belongs to (null when
 * none fits). Rafiki's event has no link to the request, so it is the oldest payment to that wallet address and of that amount, begun
 * since p_since, that has no money yet: first one that is approved or under way, then one that the terminal was told has failed.
 */
const TAKE_INCOMING_PAYMENT = `
create function take_incoming_payment(
  p_event text, p_id text, p_receiver_id text, p_amount bigint, p_asset_code text, p_asset_scale integer,
  p_now bigint, p_since bigint
) returns jsonb language plpgsql as $$
declare linked payments%rowtype;
begin
  insert into incoming_payments (event_id, id, wallet_address_id, amount, asset_code, asset_scale, completed_at)
    values (p_event, p_id, p_receiver_id, p_amount, p_asset_code, p_asset_scale, p_now) on conflict do nothing;
  if not found then return jsonb_build_object('verdict', 'duplicate'); end if;
  select * into linked from payments
    where receiver_id = p_receiver_id and amount = p_amount and asset_code = p_asset_code and created_at >= p_since
      and incoming_payment_id is null and word is distinct from 'Declined' and word is distinct from 'Failed'
    order by created_at limit 1
    for update skip locked;
  if not found then
    select * into linked from payments
      where receiver_id = p_receiver_id and amount = p_amount and asset_code = p_asset_code and created_at >= p_since
        and incoming_payment_id is null and word is distinct from 'Declined'
      order by created_at limit 1
      for update skip locked;
  end if;
  if not found then return jsonb_build_object('verdict', 'taken', 'payment', null); end if;
  update payments set incoming_payment_id = p_id
    where terminal_id = linked.terminal_id and request_id = linked.request_id;
  return jsonb_build_object('verdict', 'taken', 'payment', jsonb_build_object(
    'terminalId', linked.terminal_id, 'requestId', linked.request_id, 'word', linked.word));
end $$`

export const functions: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of [TERMINAL_WITH_MERCHANT, CLAIM_PAYMENT, FINISH_PAYMENT, TAKE_INCOMING_PAYMENT])
      await sql.raw(statement).execute(db)
  },
}
