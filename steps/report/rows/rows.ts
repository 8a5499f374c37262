import type { JournalEntry } from '../../../protocols/journal/journal.ts'
import { apduRow } from './apdu.ts'
import { hsmRow } from './hsm.ts'
import { httpRow } from './http.ts'
import { decisionRow, factRow, terminalRow } from './plain.ts'
import type { Content, Event, Kind, Row } from './row.ts'
import { webhookRow } from './webhook.ts'

const ROWS: { readonly [K in Kind]: (event: Event<K>) => Content } = {
  apdu: apduRow,
  hsm: hsmRow,
  http: httpRow,
  webhook: webhookRow,
  terminal: terminalRow,
  decision: decisionRow,
  fact: factRow,
}

/** The rows of a journal in the order in which things began: a call comes before what it set off. */
export function rowsOf(journal: readonly JournalEntry[]): Row[] {
  return journal.map(rowOf).sort((a, b) => a.begin - b.begin)
}

function rowOf(entry: JournalEntry): Row {
  const us = 'us' in entry ? entry.us : null
  return { kind: entry.kind, begin: Math.max(0, entry.at - (us ?? 0)), us, ...contentOf(entry) }
}

function contentOf<K extends Kind>(event: Event<K>): Content {
  return ROWS[event.kind as K](event)
}
