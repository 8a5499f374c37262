import { type Journal, type JournalEvent, silentJournal } from './journal.ts'

/** Hands everything to the journal of the moment, so that parts which outlive a scenario write into the journal of each. */
export class SwitchJournal implements Journal {
  #current: Journal = silentJournal

  get silent(): boolean {
    return this.#current.silent ?? false
  }

  /** From now on events go to `journal`; without one they are dropped. */
  to(journal: Journal = silentJournal): void {
    this.#current = journal
  }

  record(event: JournalEvent, at?: number): void {
    this.#current.record(event, at)
  }
}
