import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

// Both are looked up at each onboarding: without these it costs more with every terminal that is there.
const STATEMENTS = [
  'create index terminals_by_key on terminals (public_key)',
  'create index activation_codes_by_request on activation_codes (request_digest) where request_digest is not null',
]

export const terminalIndexes: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
  },
}
