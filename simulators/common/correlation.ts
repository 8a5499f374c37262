import { AsyncLocalStorage } from 'node:async_hooks'
import type { Journal, JournalEvent } from '../../protocols/journal/journal.ts'
import { TRACEPARENT, traceparentOf } from '../../protocols/journal/traceparent.ts'

const current = new AsyncLocalStorage<string>()

/** Runs `action`; what it and all that follows from it records belongs to `id`. Without one it belongs to what the caller's belongs to. */
export function correlated<Result>(id: string | null | undefined, action: () => Result): Result {
  return id === null || id === undefined ? action() : current.run(id, action)
}

/** An event with the id that it belongs to here, unless it says one itself or belongs to nothing. */
export function withCorrelation(event: JournalEvent): JournalEvent {
  const id = current.getStore()
  return id === undefined || event.correlation !== undefined ? event : { ...event, correlation: id }
}

/** A journal whose entries say what they belong to. */
export function correlatedJournal(journal: Journal): Journal {
  return { record: (event, at) => journal.record(withCorrelation(event), at) }
}

/** Tells the other side of a request which tap it is for. */
export function traceHeaders(): Record<string, string> {
  const id = current.getStore()
  return id === undefined ? {} : { [TRACEPARENT]: traceparentOf(id) }
}
