import type { Clock, Timer } from '../protocols/clock/clock.ts'

interface Pending {
  due: number
  action: () => void
  handle?: NodeJS.Timeout
}

/**
 * The clock of a whole bench: runs with the machine's, and can be put forward. Whatever was due by then happens at once and in order,
 * so that a scenario about half a minute of silence takes no half minute.
 */
export class BenchClock implements Clock {
  #ahead = 0
  readonly #pending = new Set<Pending>()

  now(): number {
    return Date.now() + this.#ahead
  }

  after(milliseconds: number, action: () => void): Timer {
    const pending: Pending = { due: this.#monotonic() + milliseconds, action }
    this.#pending.add(pending)
    this.#arm(pending)
    return { cancel: () => this.#forget(pending) }
  }

  /** Puts the clock forward. */
  advance(milliseconds: number): void {
    this.#ahead += milliseconds
    const inOrder = [...this.#pending].sort((a, b) => a.due - b.due)
    for (const pending of inOrder) this.#arm(pending)
  }

  /** Forgets every pending call, so that nothing keeps the process alive. */
  close(): void {
    for (const pending of [...this.#pending]) this.#forget(pending)
  }

  // Unlike now(), never jumps when the machine's clock is set.
  #monotonic(): number {
    return performance.now() + this.#ahead
  }

  #arm(pending: Pending): void {
    clearTimeout(pending.handle)
    const left = Math.ceil(pending.due - this.#monotonic())
    pending.handle = setTimeout(() => this.#fire(pending), Math.max(0, left))
  }

  // Timers of the machine count whole milliseconds of a clock that is cut off to them: they come up to 1 ms early.
  #fire(pending: Pending): void {
    if (this.#monotonic() < pending.due) {
      this.#arm(pending)
    } else {
      this.#forget(pending)
      pending.action()
    }
  }

  #forget(pending: Pending): void {
    clearTimeout(pending.handle)
    this.#pending.delete(pending)
  }
}
