import type { Clock, Timer } from '../../protocols/clock/clock.ts'

/** Work that goes on after a request was answered; `onError` is told what breaks in it, since nobody else waits. */
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
    if (delayMs === 0) {
      this.#run(action)
      return
    }
    const timer = this.#clock.after(delayMs, () => {
      this.#waiting.delete(timer)
      this.#run(action)
    })
    this.#waiting.add(timer)
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

  #run(action: () => Promise<void>): void {
    const running = action()
      .catch(this.#onError)
      .finally(() => this.#running.delete(running))
    this.#running.add(running)
  }
}
