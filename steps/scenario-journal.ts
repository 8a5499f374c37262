import type { JournalEntry, JournalEvent } from '../protocols/journal/journal.ts'
import { MemoryJournal } from '../protocols/journal/memory-journal.ts'
import { sharedMicroseconds } from './bench/threads/wire.ts'

const PATIENCE_MS = 15_000

/** The journal of one scenario, which can also be waited on: what a scenario waits for always passes a socket. */
export class ScenarioJournal extends MemoryJournal {
  readonly #listeners = new Set<() => void>()

  constructor() {
    super(sharedMicroseconds)
  }

  override record(event: JournalEvent, at?: number): void {
    super.record(event, at)
    for (const listener of [...this.#listeners]) listener()
  }

  /** The first entry, past or to come, that fits. Throws when `what` has not happened within 15 s. */
  until<Entry extends JournalEntry>(
    what: string,
    fits: (entry: JournalEntry) => entry is Entry,
  ): Promise<Entry>
  until(what: string, fits: (entry: JournalEntry) => boolean): Promise<JournalEntry>
  until(what: string, fits: (entry: JournalEntry) => boolean): Promise<JournalEntry> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.entries.find(fits)
        if (found === undefined) return
        end()
        resolve(found)
      }
      const giveUp = () => {
        end()
        reject(new Error(`expected ${what} within ${PATIENCE_MS} ms, it did not happen`))
      }
      const timer = setTimeout(giveUp, PATIENCE_MS)
      const end = () => {
        clearTimeout(timer)
        this.#listeners.delete(look)
      }
      this.#listeners.add(look)
      look()
    })
  }
}
