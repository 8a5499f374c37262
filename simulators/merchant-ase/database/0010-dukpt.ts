import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Which DUKPT scheme the keys of a generation are of. */
export const dukpt: Migration = {
  async up(db: Kysely<unknown>) {
    await sql
      .raw(
        `alter table key_generations add column dukpt text not null default 'AES' check (dukpt in ('AES', 'TDES'))`,
      )
      .execute(db)
  },
}
