import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

// What comes after a payment: a reversal, refunds, the list of a day. A refund without an outgoing payment has not moved money yet.
const TABLES = [
  'alter table payments add column reversed_at bigint',
  'create index payments_by_time on payments (created_at)',
  `create table refunds (
    terminal_id text not null,
    id uuid not null,
    payment_id uuid not null,
    amount bigint not null,
    state text not null check (state in ('pending', 'completed', 'failed')),
    outgoing_payment_id text unique,
    requested_at bigint not null,
    primary key (terminal_id, id)
  )`,
  'create index refunds_of_payment on refunds (terminal_id, payment_id)',
]

/** Stores how a payment ended, and gives whether it was reversed meanwhile: then an approval counts for nothing. */
const END_PAYMENT = `
create function end_payment(p_terminal text, p_request uuid, p_word text, p_code text, p_reason text) returns boolean
language plpgsql as $$
declare reversed boolean;
begin
  update payments set word = p_word, code = p_code, reason = p_reason
    where terminal_id = p_terminal and request_id = p_request returning reversed_at is not null into reversed;
  return coalesce(reversed, false);
end $$`

/**
 * Marks a payment as reversed; one that is not known yet is stored as reversed, so that a request which comes later is refused. Gives whether
 * money of it has come, or is believed to come: then it has to be given back.
 */
const REVERSE_PAYMENT = `
create function reverse_payment(p_terminal text, p_request uuid, p_now bigint, p_code text, p_reason text) returns boolean
language plpgsql as $$
declare found_row payments%rowtype;
begin
  insert into payments
    (terminal_id, request_id, body_digest, amount, asset_code, sender, created_at, word, code, reason)
    values (p_terminal, p_request, '', 0, '', '', p_now, 'Failed', p_code, p_reason) on conflict do nothing;
  update payments set reversed_at = coalesce(reversed_at, p_now)
    where terminal_id = p_terminal and request_id = p_request returning * into found_row;
  return found_row.amount > 0 and (found_row.word = 'Approved' or found_row.incoming_payment_id is not null);
end $$`

/**
 * Takes a refund, once per id: 'new' when this call has to send it, 'known' when it was sent, 'nothing' when the payment has no money,
 * 'too_much' when it is more than what is left. Without an amount it is all that is left. One that has failed may be taken again.
 */
const CLAIM_REFUND = `
create function claim_refund(p_terminal text, p_id uuid, p_payment uuid, p_amount bigint, p_now bigint) returns jsonb
language plpgsql as $$
declare
  payment payments%rowtype;
  former refunds%rowtype;
  remaining bigint;
begin
  select * into payment from payments where terminal_id = p_terminal and request_id = p_payment for update;
  if not found or (payment.word is distinct from 'Approved' and payment.incoming_payment_id is null) then
    return jsonb_build_object('state', 'nothing');
  end if;
  select * into former from refunds where terminal_id = p_terminal and id = p_id;
  if found and former.state <> 'failed' and former.outgoing_payment_id is not null then
    return jsonb_build_object('state', 'known', 'samePayment', former.payment_id = p_payment,
      'unsettled', case when former.state = 'pending' then former.outgoing_payment_id end);
  end if;
  select payment.amount - coalesce(sum(amount), 0) into remaining from refunds
    where terminal_id = p_terminal and payment_id = p_payment and state <> 'failed' and id <> p_id;
  if remaining <= 0 then return jsonb_build_object('state', 'nothing'); end if;
  if coalesce(p_amount, remaining) > remaining then return jsonb_build_object('state', 'too_much'); end if;
  insert into refunds (terminal_id, id, payment_id, amount, state, requested_at)
    values (p_terminal, p_id, p_payment, coalesce(p_amount, remaining), 'pending', p_now)
    on conflict (terminal_id, id) do update
      set state = 'pending', amount = excluded.amount, payment_id = excluded.payment_id, outgoing_payment_id = null;
  return jsonb_build_object('state', 'new', 'amount', coalesce(p_amount, remaining)::text,
    'assetCode', payment.asset_code, 'sender', payment.sender, 'receiverId', payment.receiver_id);
end $$`

export const afterPayments: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of [...TABLES, END_PAYMENT, REVERSE_PAYMENT, CLAIM_REFUND])
      await sql.raw(statement).execute(db)
  },
}
