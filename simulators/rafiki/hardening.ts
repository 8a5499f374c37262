import type { Clock } from '../../protocols/clock/clock.ts'
import { type RafikiSecret, verifyRafiki } from '../../protocols/signatures/rafiki.ts'

const EVENT_WINDOW_MS = 60_000

/**
 * While it is on, an instance does what is right where it otherwise copies a weakness of Rafiki: events need a fresh signature, answers say
 * what went wrong, a payment lives as long as anybody waits for it, and a dead one takes no money.
 */
export class Hardening {
  on = false
  readonly #secret: RafikiSecret
  readonly #clock: Clock

  constructor({ webhookSecret, clock }: { webhookSecret: RafikiSecret; clock: Clock }) {
    this.#secret = webhookSecret
    this.#clock = clock
  }

  /** Whether an event must be refused: its signature is missing, wrong, or more than a minute old or ahead. */
  refuses(body: unknown, header: string | string[] | undefined): boolean {
    if (!this.on) return false
    const verdict = verifyRafiki(body, header?.toString(), this.#secret)
    return !verdict.valid || Math.abs(this.#clock.now() - verdict.timestamp) > EVENT_WINDOW_MS
  }
}
