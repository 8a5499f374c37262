import type { Clock, Timer } from '../../../protocols/clock/clock.ts'
import type { Journal, Party } from '../../../protocols/journal/journal.ts'
import { type RafikiSecret, signRafiki } from '../../../protocols/signatures/rafiki.ts'
import { correlated } from '../../common/correlation.ts'
import type { HttpClient } from '../../common/http-client.ts'
import { paymentIdOf } from '../../common/payment-id.ts'
import { type Random, uuid } from '../../common/uuid.ts'

const RETRY_BACKOFF_MS = 10_000
const LONGEST_BACKOFF = 6

/** Who takes events: the ASE over HTTP, the instance's own services directly. */
export type Recipient = 'ase' | OwnService
export type OwnService = 'cardService' | 'pointOfSale'

export interface WebhookEvent {
  id: string
  type: string
  data: Record<string, unknown>
}

/** An event as the Admin API tells of it. */
export interface PastEvent extends WebhookEvent {
  createdAt: number
}

// Rafiki keeps all; here thousands of payments must not fill the memory.
const MOST_PAST = 1_000

export interface WebhooksOptions {
  party: Party
  ase: { url: string; party: Party }
  /** Hands an event to a service of the instance; the HTTP status that its webhook route answers. Throws when its port is closed. */
  own: Record<OwnService, (event: WebhookEvent, signature: string) => number | Promise<number>>
  secret: RafikiSecret
  timeoutMs: number
  maxRetry: number
  clock: Clock
  random: Random
  http: HttpClient
  journal: Journal
}

interface Delivery {
  event: WebhookEvent
  recipient: Recipient
  attempts: number
}

/**
 * Delivers events at least once: only a 200 in time counts, anything else is tried again after 10 s, then 20 s later and so on, up to 60 s.
 * Deliveries go out at once and side by side, so that their order is not assured, as it is not in Rafiki.
 */
export class Webhooks {
  readonly #options: WebhooksOptions
  readonly #waiting = new Map<Delivery, Timer>()
  readonly #past: PastEvent[] = []
  #closed = false

  constructor(options: WebhooksOptions) {
    this.#options = options
  }

  /** Sends one event, with one id, to each recipient. Returns the id. */
  emit(type: string, data: Record<string, unknown>, recipients: readonly Recipient[]): string {
    const event = { id: uuid(this.#options.random), type, data }
    this.#remember(event)
    for (const recipient of recipients) void this.#deliver({ event, recipient, attempts: 0 })
    return event.id
  }

  /** The newest events, in the order of their creation. */
  past(): readonly PastEvent[] {
    return this.#past
  }

  /** Gives up every delivery. */
  close(): void {
    this.#closed = true
    for (const timer of this.#waiting.values()) timer.cancel()
    this.#waiting.clear()
  }

  #remember(event: WebhookEvent): void {
    this.#past.push({ ...event, createdAt: this.#options.clock.now() })
    if (this.#past.length > 2 * MOST_PAST) this.#past.splice(0, MOST_PAST)
  }

  async #deliver(delivery: Delivery): Promise<void> {
    delivery.attempts++
    return correlated(paymentIdOf(delivery.event), () => this.#attempt(delivery))
  }

  async #attempt(delivery: Delivery): Promise<void> {
    const fault = await this.#hand(delivery)
    if (fault === null || this.#closed) return
    const { attempts } = delivery
    const wait = Math.min(attempts, LONGEST_BACKOFF) * RETRY_BACKOFF_MS
    const last = attempts >= this.#options.maxRetry
    this.#note(delivery, fault, last ? 'given up' : `next in ${wait / 1_000} s`)
    if (!last) this.#retryAfter(delivery, wait)
  }

  #retryAfter(delivery: Delivery, wait: number): void {
    const timer = this.#options.clock.after(wait, () => {
      this.#waiting.delete(delivery)
      void this.#deliver(delivery)
    })
    this.#waiting.set(delivery, timer)
  }

  /** Null when taken, else what went wrong. */
  async #hand({ event, recipient }: Delivery): Promise<string | null> {
    const { own, secret, clock } = this.#options
    const signature = signRafiki(event, secret, clock.now())
    try {
      const status =
        recipient === 'ase' ? await this.#post(event, signature) : await own[recipient](event, signature)
      return status === 200 ? null : `HTTP ${status}`
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  async #post(event: WebhookEvent, signature: string): Promise<number> {
    const { ase, http, timeoutMs } = this.#options
    const { status } = await http.call({
      to: ase.party,
      method: 'POST',
      url: ase.url,
      headers: { 'rafiki-signature': signature },
      body: event,
      timeoutMs,
      journalled: false,
    })
    return status
  }

  #note({ event, recipient, attempts }: Delivery, fault: string, then: string): void {
    const { journal, party, ase } = this.#options
    const where = `${event.type} ${event.id} to ${recipient === 'ase' ? ase.url : recipient}`
    journal.record({ kind: 'fact', party, text: `webhook ${where}, attempt ${attempts}: ${fault}; ${then}` })
  }
}
