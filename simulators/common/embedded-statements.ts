import { type messages, type PGlite, protocol } from '@electric-sql/pglite'

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
 * exchange (PostgreSQL, "Extended Query"). Measured: 0.04 ms, where the library's own query takes five exchanges and 0.25 ms. One at a time.
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
    const values = parameters.map(toText)
    const replies = await this.#exchange(serialize.bind({ statement: statement.name, values }), EXECUTE)
    this.#executed += 1
    if (this.#executed % CHECKPOINT_EVERY === 0) await this.#pglite.exec('checkpoint')
    return rowsOf(replies, statement)
  }

  async #parse(text: string): Promise<Statement> {
    const name = `s${this.#known.size}`
    const replies = await this.#exchange(
      serialize.parse({ name, text }),
      serialize.describe({ type: 'S', name }),
    )
    const described = replies.find(isDescription)
    const columns = (described?.fields ?? []).map((field) => ({
      name: field.name,
      read: this.#pglite.parsers[field.dataTypeID] ?? String,
    }))
    const statement = { name, columns }
    this.#known.set(text, statement)
    return statement
  }

  async #exchange(...sent: Uint8Array[]): Promise<messages.BackendMessage[]> {
    const replies = await this.#pglite.execProtocol(Buffer.concat([...sent, SYNC]), { syncToFs: false })
    return replies.messages
  }
}

function rowsOf(replies: messages.BackendMessage[], { columns }: Statement): Rows {
  const rows: Rows['rows'] = []
  let affected: bigint | undefined
  for (const reply of replies) {
    if (isRow(reply)) rows.push(rowOf(reply, columns))
    if (isEnd(reply)) affected = affectedBy(reply.text)
  }
  return { rows, affected }
}

function rowOf({ fields }: messages.DataRowMessage, columns: Statement['columns']): Record<string, unknown> {
  return Object.fromEntries(
    columns.map(({ name, read }, index) => [name, fields[index] == null ? null : read(fields[index])]),
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

function isRow(message: messages.BackendMessage): message is messages.DataRowMessage {
  return message.name === 'dataRow'
}

function isEnd(message: messages.BackendMessage): message is messages.CommandCompleteMessage {
  return message.name === 'commandComplete'
}
