import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

const STATEMENTS = [
  `create table accounts (
    id text primary key,
    wallet_address text not null unique,
    wallet_address_id text not null unique,
    asset_code text not null,
    asset_scale smallint not null,
    balance bigint not null,
    reserved bigint not null default 0 check (reserved >= 0)
  )`,
  `create table cards (
    number bigint generated always as identity,
    id text primary key,
    account_id text not null references accounts (id),
    truncated_pan text not null,
    expiry text not null,
    key_label text not null unique,
    algorithm text not null check (algorithm in ('aes-128', 'ec-p256')),
    state text not null check (state in ('ORDERED', 'INACTIVE', 'ACTIVE', 'FROZEN', 'TERMINATED')),
    transaction_limit bigint,
    last_atc integer not null default 0,
    recent_taps text[] not null default '{}',
    version integer not null default 0
  )`,
  'create index cards_account on cards (account_id)',
  `create table decisions (
    number bigint generated always as identity,
    outgoing_payment_id uuid primary key,
    created_event uuid not null,
    ended_event uuid,
    request_id text,
    account_id text references accounts (id),
    card_id text references cards (id),
    payload_hash bytea not null,
    initiated_at bigint not null,
    code text,
    state text not null check (state in ('declined', 'reserved', 'completed', 'failed')),
    reserved bigint not null,
    debited bigint not null default 0
  )`,
  'create index decisions_payload on decisions (payload_hash)',
  `create table ledger_entries (
    number bigint generated always as identity primary key,
    account_id text not null references accounts (id),
    amount bigint not null,
    outgoing_payment_id uuid
  )`,
]

export const tables: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
  },
}
