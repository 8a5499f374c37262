import type { Attachment } from '@cucumber/messages'
import type { MatrixColumn } from '../../../hardware/hsm/capabilities/matrix.ts'
import type { JournalEntry } from '../../../protocols/journal/journal.ts'
import type { Weakness } from '../../weakness/weaknesses.ts'

/** Media type under which a scenario's hook attaches its journal: a JSON array of journal entries. */
export const JOURNAL_MEDIA_TYPE = 'application/vnd.tapbench.journal+json'

/** Media type under which a scenario's hook attaches what the bench is: a JSON object of names and texts. */
export const BENCH_MEDIA_TYPE = 'application/vnd.tapbench.bench+json'

/** Media type under which a hook attaches, once in a run, which operations tokens do where: a JSON array of columns. */
export const MATRIX_MEDIA_TYPE = 'application/vnd.tapbench.hsm-matrix+json'

/** The text of an attachment, whichever way cucumber wrote it. */
export function textOf({ body, contentEncoding }: Attachment): string {
  return contentEncoding === 'BASE64' ? Buffer.from(body, 'base64').toString('utf8') : body
}

/** Entries of a journal attachment. Throws an Error that says what was expected. */
export function journalOf(attachment: Attachment): JournalEntry[] {
  const entries = parse(attachment)
  if (!Array.isArray(entries) || !entries.every(isEntry))
    throw unreadable(attachment, 'an array of journal entries')
  return entries
}

/** Names and texts of a bench attachment. Throws an Error that says what was expected. */
export function benchOf(attachment: Attachment): [name: string, text: string][] {
  const facts = parse(attachment)
  if (typeof facts !== 'object' || facts === null || Array.isArray(facts))
    throw unreadable(attachment, 'an object of names and texts')
  return Object.entries(facts).map(([name, text]) => [name, String(text)])
}

/** Columns of a matrix attachment. Throws an Error that says what was expected. */
export function matrixOf(attachment: Attachment): MatrixColumn[] {
  const columns = parse(attachment)
  if (!Array.isArray(columns) || !columns.every(isColumn))
    throw unreadable(attachment, 'an array of tokens with their operations')
  return columns
}

/** A weakness that a scenario looked for. Throws an Error that says what was expected. */
export function weaknessOf(attachment: Attachment): Weakness {
  const { present, evidence } = Object(parse(attachment))
  if (typeof present !== 'boolean' || typeof evidence !== 'string')
    throw unreadable(attachment, 'a weakness, present or not, with its evidence')
  return { present, evidence }
}

function parse(attachment: Attachment): unknown {
  try {
    return JSON.parse(textOf(attachment))
  } catch {
    throw unreadable(attachment, 'JSON')
  }
}

const isEntry = (entry: unknown): entry is JournalEntry =>
  typeof entry === 'object' && entry !== null && 'kind' in entry && 'at' in entry

const isColumn = (column: unknown): column is MatrixColumn =>
  typeof column === 'object' && column !== null && 'title' in column && 'operations' in column

function unreadable({ mediaType }: Attachment, expected: string): Error {
  return new Error(
    `expected ${expected} in the attachment ${mediaType}, got something else: attach it whole, as text`,
  )
}
