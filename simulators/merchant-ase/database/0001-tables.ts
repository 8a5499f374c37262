import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

// Moments are milliseconds since 1970, amounts minor units. A payment without a word is still being made; no index has
// its word, so that its outcome costs one page and no index entry.
const STATEMENTS = [
  `create table merchants (
    id text primary key,
    name text not null,
    state text not null check (state in ('active', 'suspended'))
  )`,
  `create table merchant_wallets (
    merchant_id text not null references merchants (id),
    asset_code text not null,
    asset_scale smallint not null,
    wallet_address text not null,
    wallet_address_id text,
    payment_limit bigint,
    primary key (merchant_id, asset_code)
  )`,
  `create table terminals (
    id text primary key,
    merchant_id text not null references merchants (id),
    public_key text not null,
    state text not null check (state in ('active', 'removed'))
  )`,
  `create table nonces (
    terminal_id text not null,
    nonce text not null,
    expires_at bigint not null,
    primary key (terminal_id, nonce)
  )`,
  `create table payments (
    terminal_id text not null,
    request_id uuid not null,
    body_digest bytea not null,
    amount bigint not null,
    asset_code text not null,
    sender text not null,
    receiver_id text,
    created_at bigint not null,
    word text check (word in ('Approved', 'Declined', 'Failed')),
    code text,
    reason text,
    incoming_payment_id text,
    primary key (terminal_id, request_id)
  )`,
  `create index payments_awaiting_money on payments (receiver_id, amount, created_at)
    where incoming_payment_id is null`,
  `create table incoming_payments (
    event_id text primary key,
    id text not null,
    wallet_address_id text not null,
    amount bigint not null,
    asset_code text not null,
    asset_scale smallint not null,
    completed_at bigint not null
  )`,
]

export const tables: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
  },
}
