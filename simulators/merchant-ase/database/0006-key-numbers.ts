import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

const STATEMENTS = [
  // The last counter that came with each initial key: a key serial number is taken once, and none before it ever again.
  'create table key_counters (id text primary key, counter bigint not null)',
  /**
   * The generation that an initial key of a terminal is of, null when it has none; 'fresh' says whether the counter is behind the last one,
   * which it then is.
   */
  `create function take_key_number(p_terminal text, p_purpose text, p_id text, p_counter bigint) returns jsonb
  language plpgsql as $$
  declare found_row key_generations%rowtype;
  begin
    select * into found_row from key_generations
      where case p_purpose when 'PIN' then pin_id else sred_id end = p_id and terminal_id = p_terminal;
    if not found then return null; end if;
    insert into key_counters (id, counter) values (p_id, p_counter)
      on conflict (id) do update set counter = excluded.counter where key_counters.counter < excluded.counter;
    return jsonb_build_object('state', found_row.state, 'endsAt', found_row.ends_at, 'fresh', found);
  end $$`,
]

export const keyNumbers: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
  },
}
