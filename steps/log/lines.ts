import type { JournalEntry } from '../../protocols/journal/journal.ts'
import { levelOf } from '../../simulators/common/logger.ts'
import { spansOf } from '../traces/spans.ts'

/** One line of the bench's log, before it is redacted. */
export interface LogLine {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly level: 'debug' | 'info' | 'warn'
  readonly text: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** What a journal that began at `beganUs` says, in the order of the moments: where each tap begins and ends, and what passed between. */
export function linesOf(entries: readonly JournalEntry[], beganUs: number): LogLine[] {
  const passed = entries.flatMap((entry) => linesOfEntry(entry, (beganUs + entry.at) / 1_000))
  const taps = spansOf(entries, beganUs).filter(({ parentId }) => parentId === null)
  const lines = taps.flatMap(({ attributes, beganUs: began, endedUs: ended, failed }): LogLine[] => {
    const correlation = attributes['tapbench.correlation']
    const outcome = failed ? 'failed' : 'done'
    return [
      { at: began / 1_000, level: 'info', text: 'tap began', fields: { correlation } },
      { at: ended / 1_000, level: 'info', text: 'tap ended', fields: { correlation, outcome } },
    ]
  })
  const begun = lines.filter(({ text }) => text === 'tap began')
  const ended = lines.filter(({ text }) => text === 'tap ended')
  // A stable sort: at one moment a tap begins first and ends last.
  return [...begun, ...passed, ...ended].sort((one, other) => one.at - other.at)
}

/** Of an HTTP call its outcome, and as debug all of it; what has to be done again is a warning. */
function linesOfEntry(entry: JournalEntry, at: number): LogLine[] {
  const { at: _, ...fields } = entry
  const level = isRepeated(entry) ? 'warn' : levelOf(entry)
  const whole = { at, level, text: entry.kind, fields }
  if (entry.kind !== 'http') return [whole]
  const { from, to, method, url, status, us, error, correlation } = entry
  const outcome = { kind: 'http', from, to, method, url, status, us, error, correlation }
  const text = `${method} ${new URL(url).pathname}`
  return [
    { at, level: isRepeated(entry) ? 'warn' : 'info', text, fields: outcome },
    { ...whole, level: 'debug' },
  ]
}

/** Whoever did not get an answer, or got one that is no answer, asks again; a webhook that came twice was sent again. */
function isRepeated(entry: JournalEntry): boolean {
  if (entry.kind === 'http') return entry.status === null || entry.status >= 500
  return entry.kind === 'webhook' && entry.verdict !== 'taken'
}
