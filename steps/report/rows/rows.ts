import type { JournalEntry } from '../../../protocols/journal/journal.ts'
import { apduRow } from './apdu.ts'
import { CardLists } from './card-lists.ts'
import { hsmRow } from './hsm.ts'
import { httpRow } from './http.ts'
import { kernelRow } from './kernel.ts'
import { decisionRow, factRow, terminalRow } from './plain.ts'
import type { Content, Event, Kind, Row } from './row.ts'
import { webhookRow } from './webhook.ts'

type Rows = { readonly [K in Kind]: (event: Event<K>) => Content }

/** The rows of a journal in the order in which things began: a call comes before what it set off. */
export function rowsOf(journal: readonly JournalEntry[]): Row[] {
  const lists = new CardLists()
  const rows: Rows = {
    apdu: (event) => apduRow(event, lists),
    hsm: hsmRow,
    http: httpRow,
    webhook: webhookRow,
    terminal: terminalRow,
    kernel: kernelRow,
    decision: decisionRow,
    fact: factRow,
  }
  return journal.map((entry) => rowOf(entry, rows)).sort((a, b) => a.begin - b.begin)
}

function rowOf(entry: JournalEntry, rows: Rows): Row {
  const us = 'us' in entry ? entry.us : null
  const { kind, correlation = null } = entry
  return { kind, correlation, begin: Math.max(0, entry.at - (us ?? 0)), us, ...contentOf(entry, rows) }
}

function contentOf<K extends Kind>(event: Event<K>, rows: Rows): Content {
  return rows[event.kind as K](event)
}
