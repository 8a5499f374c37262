import type { Clock, Timer } from '../../protocols/clock/clock.ts'

// As Rafiki repeats its events: after 10 s, then 20 s later and so on.
const RETRY_MS = 10_000
const MOST_ATTEMPTS = 6

/**
 * Work that goes on after a request was answered; `onError` is told what breaks in it, since nobody else waits. What broke is tried again: the
 * event was answered with 200, so that its sender will not repeat it.
 */
export class Work {
  readonly #clock: Clock
  readonly #onError: (error: unknown) => void
  readonly #running = new Set<Promise<void>>()
  readonly #waiting = new Set<Timer>()

  constructor(clock: Clock, onError: (error: unknown) => void) {
    this.#clock = clock
    this.#onError = onError
  }

  /** Starts `action` after `delayMs` of the injected clock. */
  start(action: () => Promise<void>, delayMs: number): void {
    this.#begin(action, delayMs, 1)
  }

  /** Resolves when nothing runs any more; what still waits for the clock is not waited for. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }

  /** Forgets what has not begun. */
  cancelWaiting(): void {
    for (const timer of this.#waiting) timer.cancel()
    this.#waiting.clear()
  }

  #begin(action: () => Promise<void>, delayMs: number, attempt: number): void {
    if (delayMs === 0) {
      this.#run(action, attempt)
      return
    }
    const timer = this.#clock.after(delayMs, () => {
      this.#waiting.delete(timer)
      this.#run(action, attempt)
    })
    this.#waiting.add(timer)
  }

  #run(action: () => Promise<void>, attempt: number): void {
    const running = action()
      .catch((error: unknown) => {
        this.#onError(error)
        if (attempt < MOST_ATTEMPTS) this.#begin(action, attempt * RETRY_MS, attempt + 1)
      })
      .finally(() => this.#running.delete(running))
    this.#running.add(running)
  }
}
