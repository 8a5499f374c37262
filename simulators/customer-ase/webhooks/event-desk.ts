import type { Journal } from '../../../protocols/journal/journal.ts'
import { withoutSecrets } from '../../common/secret-fields.ts'
import { type DecisionParts, decide } from '../decision/decide.ts'
import { decisionRecord } from '../decision/decision-record.ts'
import type { Payer } from '../decision/payer.ts'
import type { CardPayment } from '../decision/payment.ts'
import type { Verdict } from '../decision/verdict.ts'
import type { Cashier } from '../settlement/cashier.ts'
import {
  type IncomingPayment,
  type OutgoingPayment,
  type RafikiEvent,
  readIncomingPayment,
  readOutgoingPayment,
} from './event.ts'

export interface EventDeskParts extends DecisionParts {
  cashier: Cashier
  journal: Journal
}

type Handler = (event: RafikiEvent) => Promise<void>

const UNDECIDED: Verdict = {
  code: 'payment_not_completed',
  payload: null,
  account: null,
  card: null,
  spent: false,
  pinTries: null,
}

/** Works on Rafiki's events. They come at least once, late, and in any order: what was done is found in the database, not here. */
export class EventDesk {
  readonly #parts: EventDeskParts
  readonly #handlers: Readonly<Record<string, Handler>> = {
    'outgoing_payment.created': (event) => this.#created(event, readOutgoingPayment(event)),
    'outgoing_payment.completed': (event) => this.#ended(event, readOutgoingPayment(event), 'completed'),
    'outgoing_payment.failed': (event) => this.#ended(event, readOutgoingPayment(event), 'failed'),
    'incoming_payment.completed': (event) => this.#came(event, readIncomingPayment(event)),
  }

  constructor(parts: EventDeskParts) {
    this.#parts = parts
  }

  /** Does what an event asks for. Throws when the event is not as Rafiki makes them, or the database is gone. */
  async take(event: RafikiEvent): Promise<void> {
    const handler = this.#handlers[event.type]
    if (handler === undefined) this.journal(event, 'taken', 'nothing to do')
    else await handler(event)
  }

  /** Writes down that an event was taken. */
  journal({ id, type, data, cameAt }: RafikiEvent, verdict: 'taken' | 'duplicate', reason?: string): void {
    const { journal } = this.#parts
    if (journal.silent) return
    journal.record({
      kind: 'webhook',
      to: 'customer-ase',
      type,
      id,
      verdict,
      ...(reason === undefined ? {} : { reason }),
      body: withoutSecrets({ id, type, data }),
      us: Math.round((performance.now() - cameAt) * 1_000),
    })
  }

  async #created(event: RafikiEvent, payment: OutgoingPayment): Promise<void> {
    const payer = await this.#parts.store.payerOf(payment)
    this.journal(event, payer.decidedBy === event.id ? 'duplicate' : 'taken')
    if (payer.decidedBy !== null) return
    if (payment.tap === null) await this.#parts.cashier.refuseCardless(payment.id)
    else await this.#tapped(event, payment.tap, payer)
  }

  async #tapped({ id }: RafikiEvent, payment: CardPayment, payer: Payer): Promise<void> {
    const { journal, cashier } = this.#parts
    const decision = await this.#decide(payment, payer, id)
    if (decision === null) return
    journal.record(decisionRecord(payment, decision.code, decision.verdict))
    if (decision.code === null) await cashier.fund(payment.id)
    else await cashier.refuse(payment.id, decision.code)
  }

  // An issuer that cannot decide (HSM or Rafiki gone) refuses: a payment left alone would stay FUNDING for ever.
  async #decide(payment: CardPayment, payer: Payer, eventId: string) {
    try {
      return await decide(this.#parts, payment, payer, eventId)
    } catch (error) {
      this.#note(`payment ${payment.id} could not be decided on: ${messageOf(error)}`)
      const recorded = await this.#parts.store.record(payment, eventId, UNDECIDED)
      return recorded === 'known' ? null : { code: UNDECIDED.code, verdict: UNDECIDED }
    }
  }

  async #ended(event: RafikiEvent, payment: OutgoingPayment, state: 'completed' | 'failed'): Promise<void> {
    const { store, cashier } = this.#parts
    const { id, sentAmount, balance } = payment
    const settled = await store.settle({ paymentId: id, eventId: event.id, state, sent: sentAmount.value })
    this.journal(event, settled === 'duplicate' ? 'duplicate' : 'taken')
    if (settled === 'unknown') this.#note(`payment ${id} has ${state}, but was never decided on here`)
    if (settled === 'settled' && balance > 0n) await cashier.withdraw(id)
  }

  /** Money for a cardholder, such as a refund. */
  async #came(event: RafikiEvent, payment: IncomingPayment): Promise<void> {
    const credited = await this.#parts.store.credit(payment)
    this.journal(event, credited === false ? 'duplicate' : 'taken')
    if (credited === null) this.#note(`incoming payment ${payment.id} is for none of the accounts`)
    if (credited === true) await this.#parts.cashier.collect(payment.id)
  }

  #note(text: string): void {
    this.#parts.journal.record({ kind: 'fact', party: 'customer-ase', text })
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
