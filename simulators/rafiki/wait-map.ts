import type { Clock } from '../../protocols/clock/clock.ts'

/** Requests that wait for an event, by the id that the event will name. */
export class WaitMap<Event> {
  readonly #clock: Clock
  readonly #waiting = new Map<string, (event: Event | null) => void>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Starts to wait. `event` settles with null when time has run out or the wait was given up. */
  expect(id: string, timeoutMs: number): { event: Promise<Event | null>; giveUp: () => void } {
    const event = new Promise<Event | null>((resolve) => {
      const timer = this.#clock.after(timeoutMs, () => this.#end(id, null))
      this.#waiting.set(id, (what) => {
        timer.cancel()
        resolve(what)
      })
    })
    return { event, giveUp: () => this.#end(id, null) }
  }

  /** Hands an event to who waits for it; false when nobody does. */
  settle(id: string, event: Event): boolean {
    return this.#end(id, event)
  }

  close(): void {
    for (const id of [...this.#waiting.keys()]) this.#end(id, null)
  }

  #end(id: string, event: Event | null): boolean {
    const resolve = this.#waiting.get(id)
    this.#waiting.delete(id)
    resolve?.(event)
    return resolve !== undefined
  }
}
