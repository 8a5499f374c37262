import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

// Rafiki's event has no link to the request, so that of several payments of one amount which are under way at once the money may be credited
// to one that is not approved in the end.

/** As in 0008; and money of a payment that was not approved goes to an equal one that was, or that is still under way, if there is any without. */
const END_PAYMENT = `
create or replace function end_payment(p_terminal text, p_request uuid, p_word text, p_code text, p_reason text) returns boolean
language plpgsql as $$
declare
  payment payments%rowtype;
  other payments%rowtype;
begin
  update payments set word = p_word, code = p_code, reason = p_reason
    where terminal_id = p_terminal and request_id = p_request returning * into payment;
  if p_word = 'Approved' or payment.incoming_payment_id is null then
    return coalesce(payment.reversed_at is not null, false);
  end if;
  select * into other from payments
    where receiver_id = payment.receiver_id and amount = payment.amount and asset_code = payment.asset_code
      and created_at between payment.created_at - 120000 and payment.created_at + 120000
      and incoming_payment_id is null and (word is null or word = 'Approved')
    order by word nulls last, created_at limit 1 for update;
  if found then
    update payments set incoming_payment_id = null
      where terminal_id = payment.terminal_id and request_id = payment.request_id;
    update payments set incoming_payment_id = payment.incoming_payment_id
      where terminal_id = other.terminal_id and request_id = other.request_id;
  end if;
  return payment.reversed_at is not null;
end $$`

/** As in 0002; an approved payment without money comes first. */
const TAKE_INCOMING_PAYMENT = `
create or replace function take_incoming_payment(
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
      and incoming_payment_id is null and word is distinct from 'Declined'
    order by case word when 'Approved' then 0 when 'Failed' then 2 else 1 end, created_at limit 1 for update;
  if not found then return jsonb_build_object('verdict', 'taken', 'payment', null); end if;
  update payments set incoming_payment_id = p_id
    where terminal_id = linked.terminal_id and request_id = linked.request_id;
  return jsonb_build_object('verdict', 'taken', 'payment', jsonb_build_object(
    'terminalId', linked.terminal_id, 'requestId', linked.request_id, 'word', linked.word));
end $$`

export const credits: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of [END_PAYMENT, TAKE_INCOMING_PAYMENT]) await sql.raw(statement).execute(db)
  },
}
