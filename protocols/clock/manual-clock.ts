import type { Clock, Timer } from './clock.ts'

interface Pending {
  at: number
  action: () => void
}

/** A clock that stands still until {@link ManualClock.advance} moves it: for tests of timeouts, expiries and back-off. */
export class ManualClock implements Clock {
  #now: number
  readonly #pending = new Set<Pending>()

  /** `start`: milliseconds since 1970; default 2026-01-01T00:00:00Z. */
  constructor(start = Date.UTC(2026, 0, 1)) {
    this.#now = start
  }

  /** How many calls of {@link ManualClock.after} have neither fired nor been cancelled. */
  get pending(): number {
    return this.#pending.size
  }

  now(): number {
    return this.#now
  }

  after(milliseconds: number, action: () => void): Timer {
    const entry = { at: this.#now + Math.max(0, milliseconds), action }
    this.#pending.add(entry)
    return { cancel: () => void this.#pending.delete(entry) }
  }

  /** Moves time on; what falls due is called in its order, each at its own moment, also what such a call itself schedules. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds
    for (let due = this.#next(end); due !== undefined; due = this.#next(end)) {
      this.#pending.delete(due)
      this.#now = due.at
      due.action()
    }
    this.#now = end
  }

  #next(end: number): Pending | undefined {
    let earliest: Pending | undefined
    for (const entry of this.#pending) {
      if (entry.at <= end && (earliest === undefined || entry.at < earliest.at)) earliest = entry
    }
    return earliest
  }
}
