import type { Line } from '../../../protocols/emv/describe.ts'
import type { JournalEvent, Party } from '../../../protocols/journal/journal.ts'

export type Kind = JournalEvent['kind']
export type Event<K extends Kind> = Extract<JournalEvent, { kind: K }>

/** Something to look into: the same for the terminal and for HTML. */
export type Detail =
  /** `raw` is null where it stands elsewhere already. */
  | { form: 'decoded'; title: string; raw: string | null; lines: readonly Line[] }
  | { form: 'pairs'; title: string; pairs: readonly (readonly [name: string, value: string])[] }
  | { form: 'json'; title: string; value: unknown }

/** One thing that passed a socket, in words. */
export interface Row {
  kind: Kind
  /** Of the tap, or of what else it belongs to; null when it belongs to nothing. */
  correlation: string | null
  /** Microseconds since the journal began. */
  begin: number
  /** Microseconds; null for a moment. */
  us: number | null
  from: Party | null
  to: Party | null
  what: string
  /** What came of it, in a word or a few; null when there is nothing to say. */
  result: string | null
  mood: 'good' | 'bad' | 'plain'
  /** What a reader wants to know without looking into the details, each a short piece. */
  gist: readonly string[]
  details: readonly Detail[]
}

/** A row without its time, which every kind has in the same way. */
export type Content = Omit<Row, 'kind' | 'correlation' | 'begin' | 'us'>
