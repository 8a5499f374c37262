import { createHash } from 'node:crypto'
import type { JournalEntry } from '../../protocols/journal/journal.ts'
import { rootSpanOf, traceIdOf } from '../../protocols/journal/traceparent.ts'

/** A span of a trace; moments are microseconds since 1970. Holds names and results alone: never bodies, nor what a card said. */
export interface TapSpan {
  traceId: string
  spanId: string
  /** Null of the tap itself. */
  parentId: string | null
  name: string
  beganUs: number
  endedUs: number
  failed: boolean
  attributes: Record<string, string | number>
}

/** The spans of every tap in a journal that began at `beganUs`: the tap, and beneath it whatever passed a socket. */
export function spansOf(entries: readonly JournalEntry[], beganUs: number): TapSpan[] {
  const taps = new Set(
    entries.flatMap((entry) => (entry.kind === 'terminal' ? (entry.correlation ?? []) : [])),
  )
  return [...taps].flatMap((id) =>
    spansOfTap(
      id,
      entries.filter(({ correlation }) => correlation === id),
      beganUs,
    ),
  )
}

function spansOfTap(id: string, entries: readonly JournalEntry[], beganUs: number): TapSpan[] {
  const children = entries.flatMap((entry, index) => childOf(id, entry, index, beganUs))
  const root: TapSpan = {
    traceId: traceIdOf(id),
    spanId: rootSpanOf(id),
    parentId: null,
    name: 'tap',
    beganUs: beganUs + Math.min(...entries.map(beginOf)),
    endedUs: beganUs + Math.max(...entries.map(({ at }) => at)),
    failed: entries.some((entry) => entry.kind === 'decision' && entry.word === 'failed'),
    attributes: { 'tapbench.correlation': id },
  }
  return [root, ...children]
}

function childOf(id: string, entry: JournalEntry, index: number, beganUs: number): TapSpan[] {
  const told = telling(entry)
  if (told === null) return []
  return [
    {
      ...told,
      traceId: traceIdOf(id),
      spanId: createHash('sha256').update(`${id} ${index}`).digest('hex').slice(0, 16),
      parentId: rootSpanOf(id),
      beganUs: beganUs + beginOf(entry),
      endedUs: beganUs + entry.at,
    },
  ]
}

function beginOf(entry: JournalEntry): number {
  return 'us' in entry ? Math.max(0, entry.at - entry.us) : entry.at
}

type Telling = Pick<TapSpan, 'name' | 'failed' | 'attributes'>

function telling(entry: JournalEntry): Telling | null {
  if (entry.kind === 'apdu') {
    const attributes = {
      'apdu.header': entry.command.slice(0, 8),
      'apdu.sw': entry.response?.slice(-4) ?? '',
    }
    return { name: 'APDU', failed: entry.response === null, attributes }
  }
  if (entry.kind === 'hsm') {
    const { operation, mechanism, where, result } = entry
    return {
      name: `HSM ${operation}`,
      failed: false,
      attributes: { 'hsm.mechanism': mechanism, 'hsm.where': where, 'hsm.result': result },
    }
  }
  if (entry.kind === 'http') {
    const { method, url, status, from, to } = entry
    const attributes = {
      'http.request.method': method,
      'url.full': url,
      'http.response.status_code': status ?? 0,
      'tapbench.from': from,
      'tapbench.to': to,
    }
    return {
      name: `${method} ${new URL(url).pathname}`,
      failed: status === null || status >= 500,
      attributes,
    }
  }
  if (entry.kind !== 'webhook') return null
  const { type, verdict, to } = entry
  return {
    name: `webhook ${type}`,
    failed: verdict === 'refused',
    attributes: { 'webhook.verdict': verdict, 'tapbench.to': to },
  }
}
