import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

// Moments are milliseconds since 1970. No key is kept: initial keys are derived from their identifiers, in the HSM, when they are sent.
const STATEMENTS = [
  `create table allowed_devices (
    serial text not null,
    model text not null,
    primary key (serial, model)
  )`,
  // The code itself is a secret of the merchant's: its digest is kept.
  `create table activation_codes (
    code_digest bytea primary key,
    merchant_id text not null references merchants (id),
    expires_at bigint not null,
    request_digest bytea,
    terminal_id text
  )`,
  `create table onboarded_terminals (
    terminal_id text primary key references terminals (id),
    serial text not null,
    model text not null,
    state text not null check (state in ('active', 'decommissioned', 'compromised')),
    signing_certificate bytea not null,
    receiving_certificate bytea not null,
    onboarded_at bigint not null
  )`,
  `create unique index one_terminal_a_device on onboarded_terminals (serial, model) where state = 'active'`,
  `create table revoked_certificates (serial bytea primary key, at bigint not null)`,
  `create table key_generations (
    terminal_id text not null references onboarded_terminals (terminal_id),
    generation integer not null,
    state text not null check (state in ('pending', 'active', 'retiring', 'compromised', 'erased')),
    pin_id text not null unique,
    sred_id text not null unique,
    pin_kcv text,
    sred_kcv text,
    due_at bigint,
    ends_at bigint,
    primary key (terminal_id, generation)
  )`,
  `create unique index one_pending_generation on key_generations (terminal_id) where state = 'pending'`,
  `create unique index one_active_generation on key_generations (terminal_id) where state = 'active'`,
  'create sequence terminal_numbers',
  'create sequence initial_key_numbers',
  'create sequence crl_numbers',
  // Null for terminals whose keys are not rotated from here.
  'alter table terminals add column keys_overdue_at bigint',
  // As in 0002, with when the terminal's keys are overdue.
  `create or replace function terminal_with_merchant(p_terminal text, p_asset_code text) returns jsonb language plpgsql stable as $$
  declare found_row jsonb;
  begin
    select jsonb_build_object(
        'id', t.id, 'publicKey', t.public_key, 'merchantId', m.id, 'merchantState', m.state,
        'keysOverdueAt', t.keys_overdue_at,
        'wallet', case when w.merchant_id is not null then jsonb_build_object(
          'walletAddress', w.wallet_address, 'walletAddressId', w.wallet_address_id, 'assetCode', w.asset_code,
          'assetScale', w.asset_scale, 'limit', w.payment_limit::text) end)
      into found_row
      from terminals t
      join merchants m on m.id = t.merchant_id
      left join merchant_wallets w on w.merchant_id = m.id and w.asset_code = p_asset_code
      where t.id = p_terminal and t.state = 'active';
    return found_row;
  end $$`,
]

export const terminals: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
  },
}
