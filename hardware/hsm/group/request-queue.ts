import type { Clock, Timer } from '../../../protocols/clock/clock.ts'
import { HsmError } from '../error.ts'
import { takesLong, type Waiting } from './waiting.ts'

export interface QueueOptions {
  readonly clock: Clock
  /** Requests that may wait; one more is refused. */
  readonly queueAtMost: number
  /** A request that has waited so long for a signer is given up, milliseconds. */
  readonly waitAtMostMs: number
}

/** Requests that no signer has taken yet, in the order in which they came; each is given up when its time is over. */
export class RequestQueue {
  readonly #options: QueueOptions
  #waiting: Waiting[] = []
  #patience: Timer | undefined

  constructor(options: QueueOptions) {
    this.#options = options
  }

  get length(): number {
    return this.#waiting.length
  }

  /** When a request that comes now is given up, by the clock. */
  get until(): number {
    return this.#options.clock.now() + this.#options.waitAtMostMs
  }

  /** Refuses it with HSM_BUSY when too many wait, later with DEADLINE_PASSED. */
  add(waiting: Waiting): void {
    const { clock, queueAtMost, waitAtMostMs } = this.#options
    if (this.#waiting.length < queueAtMost) this.#waiting.push(waiting)
    else waiting.reject(busy(queueAtMost))
    this.#patience ??= clock.after(waitAtMostMs, () => this.#giveUp())
  }

  /** The first ones, at most `count`: fewer when one of them takes long, which is the last one then. */
  take(count: number): Waiting[] {
    const first = this.#waiting.slice(0, count)
    const long = first.findIndex(takesLong)
    return this.#waiting.splice(0, long < 0 ? count : long + 1)
  }

  /** What was taken, to be the first again; what is late is given up at once. */
  putBack(waiting: readonly Waiting[]): void {
    if (waiting.length === 0) return
    this.#waiting.unshift(...waiting)
    this.#patience ??= this.#options.clock.after(0, () => this.#giveUp())
  }

  /** Nobody will take them. */
  refuse(error: unknown): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error)
    this.#patience?.cancel()
    this.#patience = undefined
  }

  /** Refuses what has waited too long, and looks again when the next one will have. */
  #giveUp(): void {
    const { clock, waitAtMostMs } = this.#options
    const now = clock.now()
    const late = this.#waiting.filter(({ until }) => until <= now)
    this.#waiting = this.#waiting.filter(({ until }) => until > now)
    for (const { reject } of late) reject(overdue(waitAtMostMs))
    const soonest = Math.min(...this.#waiting.map(({ until }) => until))
    this.#patience = this.#waiting.length === 0 ? undefined : clock.after(soonest - now, () => this.#giveUp())
  }
}

function busy(queueAtMost: number): HsmError {
  return new HsmError('HSM_BUSY', `expected at most ${queueAtMost} requests that wait, got one more`)
}

function overdue(waitAtMostMs: number): HsmError {
  return new HsmError('DEADLINE_PASSED', `expected a free signer within ${waitAtMostMs} ms, got none`)
}
