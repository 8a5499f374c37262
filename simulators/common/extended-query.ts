import { protocol } from '@electric-sql/pglite'

// Messages of PostgreSQL's extended query (its documentation, "Message Formats"). The library has a writer and a reader too; they make an
// ArrayBuffer for each message, number and value, which is a quarter of what a statement takes (measured with cold caches).

const BIND = 'B'
const ROW = 'D'
const END = 'C'
const ERROR = 'E'
const NULL_SIZE = -1
const HEADER = 5

/** What a statement replied, as text. */
export interface Reply {
  /** Of each row its values, as many as the statement has columns. */
  rows: (string | null)[][]
  /** `UPDATE 3`, `INSERT 0 3`; empty when it has not ended. */
  command: string
}

/** Bind: these values, as text, for the parameters of a statement that was parsed; what it gives comes as text too. */
export function bind(statement: string, values: readonly (string | null)[]): Buffer {
  const sizes = values.map((value) => (value === null ? NULL_SIZE : Buffer.byteLength(value)))
  const content = sizes.reduce((sum, size) => sum + 4 + Math.max(size, 0), statement.length + 8)
  const message = Buffer.allocUnsafe(1 + 4 + content)
  let at = message.write(BIND)
  at = message.writeInt32BE(4 + content, at)
  at += message.write(`\0${statement}\0`, at, 'latin1')
  at = message.writeInt16BE(0, at)
  at = message.writeInt16BE(values.length, at)
  values.forEach((value, index) => {
    at = message.writeInt32BE(sizes[index] ?? NULL_SIZE, at)
    if (value !== null) at += message.write(value, at)
  })
  message.writeInt16BE(0, at)
  return message
}

/** Reads what came back. Throws the library's DatabaseError for what the database refused. */
export function readReply(bytes: Buffer): Reply {
  const reply: Reply = { rows: [], command: '' }
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + bytes.readInt32BE(at + 1)
    const type = String.fromCharCode(bytes[at] ?? 0)
    if (type === ROW) reply.rows.push(valuesAt(bytes, at + HEADER))
    if (type === END) reply.command = bytes.toString('latin1', at + HEADER, end - 1)
    if (type === ERROR) refuse(bytes.subarray(at, end))
    at = end
  }
  return reply
}

function valuesAt(bytes: Buffer, start: number): (string | null)[] {
  let at = start + 2
  return Array.from({ length: bytes.readInt16BE(start) }, () => {
    const size = bytes.readInt32BE(at)
    at += 4 + Math.max(size, 0)
    return size === NULL_SIZE ? null : bytes.toString('utf8', at - size, at)
  })
}

function refuse(message: Uint8Array): void {
  new protocol.Parser().parse(message, (error) => {
    throw error
  })
}
