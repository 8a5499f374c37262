import { type messages, type PGlite, protocol } from '@electric-sql/pglite'
import { bind, type Reply, readReply } from './extended-query.ts'

/** What a statement gave. */
export interface Rows {
  rows: Record<string, unknown>[]
  /** Rows that an insert, update or delete touched. */
  affected: bigint | undefined
}

/** A statement that the database has parsed, and how to read its columns. */
interface Statement {
  name: string
  columns: { name: string; read: (text: string) => unknown }[]
}

const { serialize } = protocol
const EXECUTE = serialize.execute({})
const SYNC = serialize.sync()
// No process does it in the background here, and without it the write-ahead log grows for ever. It takes about 1 ms.
const CHECKPOINT_EVERY = 1_000

/**
 * Runs statements on an embedded database as a driver of PostgreSQL would: each text is parsed once, then executed by its name in one
 * exchange (PostgreSQL, "Extended Query"). Measured: 0.02 ms, where the library's own query takes five exchanges and 0.25 ms. One at a time.
 */
export class Statements {
  readonly #pglite: PGlite
  readonly #known = new Map<string, Statement>()
  #executed = 0

  constructor(pglite: PGlite) {
    this.#pglite = pglite
  }

  /** Throws the library's DatabaseError for what the database refuses. */
  async run(text: string, parameters: readonly unknown[]): Promise<Rows> {
    const statement = this.#known.get(text) ?? (await this.#parse(text))
    const reply = await this.#execute(bind(statement.name, parameters.map(toText)))
    this.#executed += 1
    if (this.#executed % CHECKPOINT_EVERY === 0) await this.#pglite.exec('checkpoint')
    return rowsOf(reply, statement)
  }

  async #parse(text: string): Promise<Statement> {
    const name = `s${this.#known.size}`
    const sent = [serialize.parse({ name, text }), serialize.describe({ type: 'S', name }), SYNC]
    const replies = await this.#pglite.execProtocol(Buffer.concat(sent), { syncToFs: false })
    const described = replies.messages.find(isDescription)
    const columns = (described?.fields ?? []).map((field) => ({
      name: field.name,
      read: this.#pglite.parsers[field.dataTypeID] ?? String,
    }))
    const statement = { name, columns }
    this.#known.set(text, statement)
    return statement
  }

  async #execute(bound: Uint8Array): Promise<Reply> {
    const replies: Buffer[] = []
    await this.#pglite.execProtocolRawStream(Buffer.concat([bound, EXECUTE, SYNC]), {
      syncToFs: false,
      // The database writes its next reply to the same place.
      onRawData: (bytes) => void replies.push(Buffer.from(bytes)),
    })
    return readReply(Buffer.concat(replies))
  }
}

function rowsOf({ rows, command }: Reply, { columns }: Statement): Rows {
  return { rows: rows.map((values) => rowOf(values, columns)), affected: affectedBy(command) }
}

function rowOf(values: Reply['rows'][number], columns: Statement['columns']): Record<string, unknown> {
  return Object.fromEntries(
    columns.map(({ name, read }, index) => [name, values[index] == null ? null : read(values[index])]),
  )
}

/** `UPDATE 3`, `INSERT 0 3`. */
function affectedBy(command: string): bigint | undefined {
  const count = /^(?:INSERT|UPDATE|DELETE|MERGE)\b.* (\d+)$/.exec(command)?.[1]
  return count === undefined ? undefined : BigInt(count)
}

/** The text form of a parameter takes the type of its place, whatever that is. */
function toText(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function isDescription(message: messages.BackendMessage): message is messages.RowDescriptionMessage {
  return message.name === 'rowDescription'
}
