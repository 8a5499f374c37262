import { type Kysely, sql } from 'kysely'
import type { Policy } from '../config.ts'
import type { Tables } from './tables.ts'

const EVERY = 1_000

/** Keeps the database from growing without bound: of closed decisions only the newest stay. The ledger is never cut. */
export class Housekeeping {
  readonly #db: Kysely<Tables>
  readonly #policy: Policy
  readonly #embedded: boolean
  #events = 0

  constructor(db: Kysely<Tables>, policy: Policy, embedded: boolean) {
    this.#db = db
    this.#policy = policy
    this.#embedded = embedded
  }

  /** Counts one event; every thousandth is followed by a {@link prune}. */
  async counted(): Promise<void> {
    this.#events += 1
    if (this.#events % EVERY === 0) await this.prune()
  }

  /** Deletes what is older than the policy keeps, and lets the database use its room again. */
  async prune(): Promise<void> {
    const { keepDecisions } = this.#policy
    await sql`delete from decisions where state <> 'reserved'
      and number <= (select max(number) from decisions) - ${keepDecisions}::integer`.execute(this.#db)
    // A server has its own autovacuum; the embedded database has no background processes.
    if (!this.#embedded) return
    await sql`vacuum decisions, accounts, cards`.execute(this.#db)
  }
}
