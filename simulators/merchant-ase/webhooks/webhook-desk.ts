import type { Clock } from '../../../protocols/clock/clock.ts'
import type { Journal, JournalEvent } from '../../../protocols/journal/journal.ts'
import type { RafikiSecret } from '../../../protocols/signatures/rafiki.ts'
import { correlated } from '../../common/correlation.ts'
import { paymentIdOf } from '../../common/payment-id.ts'
import type { Database } from '../database/tables.ts'
import type { Refunds } from '../payments/refunds.ts'
import type { Windows } from '../windows.ts'
import { type TakenPayment, takeIncomingPayment } from './incoming-payments.ts'
import { completedPayment, endedPayment, type WebhookEvent, webhookEvent } from './webhook-event.ts'
import { signatureFault } from './webhook-signature.ts'

export interface WebhookDeskOptions {
  db: Database
  refunds: Refunds
  secret: RafikiSecret
  windows: Windows
  clock: Clock
  journal: Journal
}

type Verdict = Omit<Extract<JournalEvent, { kind: 'webhook' }>, 'kind' | 'to' | 'type' | 'id' | 'body' | 'us'>

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
    const cameAt = performance.now()
    const { status, verdict } = await this.#judge(body, signature)
    const us = Math.round((performance.now() - cameAt) * 1_000)
    this.#options.journal.record({
      kind: 'webhook',
      to: 'merchant-ase',
      ...labelOf(body),
      ...verdict,
      body,
      us,
    })
    return status
  }

  async #judge(body: unknown, signature: string | undefined): Promise<Handling> {
    const { secret, windows, clock } = this.#options
    const age = { now: clock.now(), windowMs: windows.webhook }
    const fault = body === undefined ? 'body is not JSON' : signatureFault(body, signature, secret, age)
    if (fault !== null) return refuse(401, fault)
    const event = webhookEvent.safeParse(body)
    if (!event.success) return refuse(400, 'body is not an event with id, type and data')
    if (event.data.type === 'incoming_payment.completed') return this.#credit(event.data)
    const end = ENDS[event.data.type]
    return end === undefined ? NOTHING_TO_DO : this.#refunded(event.data, end)
  }

  async #refunded({ data }: WebhookEvent, end: 'completed' | 'failed'): Promise<Handling> {
    const payment = endedPayment.safeParse(data)
    if (!payment.success) return refuse(400, 'data is not an outgoing payment')
    const { id, balance } = payment.data
    const known = await this.#options.refunds.ended(id, end, BigInt(balance))
    return known ? { status: 200, verdict: { verdict: 'taken' } } : NOTHING_TO_DO
  }

  async #credit(event: WebhookEvent): Promise<Handling> {
    const payment = completedPayment.safeParse(event.data)
    if (!payment.success) return refuse(400, 'data is not a completed incoming payment')
    const { db, clock, windows } = this.#options
    const age = { now: clock.now(), creditMs: windows.credit }
    const taken = await takeIncomingPayment(db, event.id, payment.data, age)
    await this.#warn(taken)
    return { status: 200, verdict: { verdict: taken.verdict } }
  }

  async #warn(taken: TakenPayment): Promise<void> {
    if (taken.verdict === 'duplicate' || taken.payment?.word !== 'Failed') return
    const { requestId, terminalId } = taken.payment
    if (await this.#wasReversed(terminalId, requestId)) {
      await this.#options.refunds.refundAll(terminalId, requestId)
      return
    }
    this.#options.journal.record({
      kind: 'fact',
      party: 'merchant-ase',
      text: `money came for payment ${requestId}, which terminal ${terminalId} was told has failed: refund it or tell the merchant`,
    })
  }

  async #wasReversed(terminalId: string, requestId: string): Promise<boolean> {
    const payment = await this.#options.db
      .selectFrom('payments')
      .select('reversed_at')
      .where('terminal_id', '=', terminalId)
      .where('request_id', '=', requestId)
      .executeTakeFirst()
    return payment !== undefined && payment.reversed_at !== null
  }
}

const ENDS: Readonly<Record<string, 'completed' | 'failed'>> = {
  'outgoing_payment.completed': 'completed',
  'outgoing_payment.failed': 'failed',
}
const NOTHING_TO_DO: Handling = { status: 200, verdict: { verdict: 'taken', reason: 'nothing to do' } }

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
