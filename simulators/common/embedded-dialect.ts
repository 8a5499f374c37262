import type { PGlite } from '@electric-sql/pglite'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  PGliteDialect,
  type QueryResult,
} from 'kysely'
import { Statements } from './embedded-statements.ts'

/** Kysely on an embedded database, whose one session serves one after another. */
export class EmbeddedDialect extends PGliteDialect {
  readonly #pglite: PGlite

  constructor(pglite: PGlite) {
    super({ pglite })
    this.#pglite = pglite
  }

  override createDriver(): Driver {
    return new EmbeddedDriver(this.#pglite)
  }
}

/** Kysely's own driver lets everybody's statements into a transaction that is open; this one lets them wait. */
class EmbeddedDriver implements Driver {
  readonly #pglite: PGlite
  readonly #statements: Statements
  #last: Promise<void> = Promise.resolve()

  constructor(pglite: PGlite) {
    this.#pglite = pglite
    this.#statements = new Statements(pglite)
  }

  async init(): Promise<void> {
    await this.#pglite.waitReady
  }

  async acquireConnection(): Promise<Turn> {
    const before = this.#last
    const turn = new Turn(this.#statements)
    this.#last = turn.ended
    await before
    return turn
  }

  async beginTransaction(): Promise<void> {
    await this.#statements.run('begin', [])
  }

  async commitTransaction(): Promise<void> {
    await this.#statements.run('commit', [])
  }

  async rollbackTransaction(): Promise<void> {
    await this.#statements.run('rollback', [])
  }

  async releaseConnection(turn: DatabaseConnection): Promise<void> {
    if (turn instanceof Turn) turn.end()
  }

  async destroy(): Promise<void> {
    await this.#pglite.close()
  }
}

/** The session, for as long as one caller has it. */
class Turn implements DatabaseConnection {
  readonly ended: Promise<void>
  readonly #statements: Statements
  #end = () => {}

  constructor(statements: Statements) {
    this.#statements = statements
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  end(): void {
    this.#end()
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const { rows, affected } = await this.#statements.run(sql, parameters)
    return { rows: rows as Row[], ...(affected === undefined ? {} : { numAffectedRows: affected }) }
  }

  // biome-ignore lint/correctness/useYield: Kysely asks for it; nobody streams here.
  async *streamQuery(): AsyncIterableIterator<never> {
    throw new Error('expected a query, got a stream: the embedded database has none')
  }
}
