import type { Journal, JournalEntry, JournalEvent } from './journal.ts'

/** A journal that keeps everything, in the order in which it was handed over. */
export class MemoryJournal implements Journal {
  readonly #nowUs: () => number
  readonly #began: number
  readonly #entries: JournalEntry[] = []

  /** `nowUs`: microseconds of any steady origin; the journal begins now. */
  constructor(nowUs: () => number) {
    this.#nowUs = nowUs
    this.#began = nowUs()
  }

  /** When it began, by the clock that it was made with. */
  get beganUs(): number {
    return this.#began
  }

  get entries(): readonly JournalEntry[] {
    return this.#entries
  }

  record(event: JournalEvent, at = this.#nowUs()): void {
    this.#entries.push({ ...event, at: Math.round(at - this.#began) })
  }
}
