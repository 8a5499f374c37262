import type { Clock } from '../../../protocols/clock/clock.ts'
import type { Journal, JournalEvent } from '../../../protocols/journal/journal.ts'
import type { RafikiSecret } from '../../../protocols/signatures/rafiki.ts'
import { correlated } from '../../common/correlation.ts'
import { paymentIdOf } from '../../common/payment-id.ts'
import type { Database } from '../database/tables.ts'
import type { Windows } from '../windows.ts'
import { type TakenPayment, takeIncomingPayment } from './incoming-payments.ts'
import { completedPayment, type WebhookEvent, webhookEvent } from './webhook-event.ts'
import { signatureFault } from './webhook-signature.ts'

export interface WebhookDeskOptions {
  db: Database
  secret: RafikiSecret
  windows: Windows
  clock: Clock
  journal: Journal
}

type Verdict = Omit<Extract<JournalEvent, { kind: 'webhook' }>, 'kind' | 'to' | 'type' | 'id' | 'body'>

interface Handling {
  status: number
  verdict: Verdict
}

/** Takes Rafiki's webhooks. An event is recorded before it is answered with 200, so that Rafiki repeats what could not be recorded. */
export class WebhookDesk {
  readonly #options: WebhookDeskOptions

  constructor(options: WebhookDeskOptions) {
    this.#options = options
  }

  /** Returns the HTTP status: 200 taken (also for the second time), 400 no event, 401 not Rafiki's. */
  async take(text: string, signature: string | undefined): Promise<number> {
    const body = parse(text)
    return correlated(paymentIdOf(body), () => this.#take(body, signature))
  }

  async #take(body: unknown, signature: string | undefined): Promise<number> {
    const { status, verdict } = await this.#judge(body, signature)
    const { type, id } = labelOf(body)
    this.#options.journal.record({ kind: 'webhook', to: 'merchant-ase', type, id, ...verdict, body })
    return status
  }

  async #judge(body: unknown, signature: string | undefined): Promise<Handling> {
    const { secret, windows, clock } = this.#options
    const age = { now: clock.now(), windowMs: windows.webhook }
    const fault = body === undefined ? 'body is not JSON' : signatureFault(body, signature, secret, age)
    if (fault !== null) return refuse(401, fault)
    const event = webhookEvent.safeParse(body)
    if (!event.success) return refuse(400, 'body is not an event with id, type and data')
    return event.data.type === 'incoming_payment.completed'
      ? this.#credit(event.data)
      : { status: 200, verdict: { verdict: 'taken', reason: 'nothing to do' } }
  }

  async #credit(event: WebhookEvent): Promise<Handling> {
    const payment = completedPayment.safeParse(event.data)
    if (!payment.success) return refuse(400, 'data is not a completed incoming payment')
    const { db, clock, windows } = this.#options
    const age = { now: clock.now(), creditMs: windows.credit }
    const taken = await takeIncomingPayment(db, event.id, payment.data, age)
    this.#warn(taken)
    return { status: 200, verdict: { verdict: taken.verdict } }
  }

  #warn(taken: TakenPayment): void {
    if (taken.verdict === 'duplicate' || taken.payment?.word !== 'Failed') return
    const { requestId, terminalId } = taken.payment
    this.#options.journal.record({
      kind: 'fact',
      party: 'merchant-ase',
      text: `money came for payment ${requestId}, which terminal ${terminalId} was told has failed: refund it or tell the merchant`,
    })
  }
}

function refuse(status: number, reason: string): Handling {
  return { status, verdict: { verdict: 'refused', reason } }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function labelOf(body: unknown): { type: string; id: string } {
  const { type, id } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  return { type: typeof type === 'string' ? type : 'unknown', id: typeof id === 'string' ? id : 'unknown' }
}
