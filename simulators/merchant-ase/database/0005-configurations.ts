import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

const STATEMENTS = [
  'alter table merchants drop constraint merchants_state_check',
  `alter table merchants add constraint merchants_state_check
    check (state in ('onboarded', 'active', 'suspended', 'closed'))`,
  // What the merchant ASE's people decided for a terminal, JSON as it came: its bytes are what versions are told apart by.
  `create table terminal_settings (
    terminal_id text primary key references terminals (id),
    settings text not null
  )`,
  `create table terminal_configurations (
    terminal_id text not null references terminals (id),
    version integer not null,
    content text not null,
    made_at bigint not null,
    primary key (terminal_id, version)
  )`,
  // What the terminal said when it last asked; null before it has one.
  'alter table onboarded_terminals add column configuration_version integer',
]

export const configurations: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
  },
}
