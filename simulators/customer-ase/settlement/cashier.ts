import type { Journal } from '../../../protocols/journal/journal.ts'
import { REASONS, type ReasonCode } from '../../../protocols/outcome/outcome.ts'
import { RafikiAdminError } from '../../common/rafiki-admin.ts'
import type { DecisionStore } from '../decision/decision-store.ts'
import { cardPaymentFailure } from '../rafiki/card-payment-failure.ts'
import type { CustomerRafiki } from '../rafiki/customer-rafiki.ts'

export interface CashierParts {
  store: DecisionStore
  rafiki: CustomerRafiki
  journal: Journal
  /** Does something when a while has passed. */
  later: (action: () => Promise<void>) => void
}

/** States after which no money moves and no event comes; null is a payment that Rafiki does not have. */
const DEAD: readonly unknown[] = ['CANCELLED', null]

type Tried<Value> = { done: true; value: Value } | { done: false; refused: boolean }

/** Does at Rafiki what was decided. What Rafiki refuses, or does not answer, ends as a fact in the journal: the decision stands. */
export class Cashier {
  readonly #parts: CashierParts

  constructor(parts: CashierParts) {
    this.#parts = parts
  }

  /** Funds an approved payment, or else gives its reservation back as soon as it is sure that no money moves. */
  async fund(paymentId: string): Promise<void> {
    const funded = await this.#try(`fund payment ${paymentId}`, () => this.#parts.rafiki.fund(paymentId))
    if (!funded.done) await this.#giveUp(paymentId)
  }

  /** Tells Rafiki that a payment will not be funded, and why. Gives whether Rafiki took it. */
  async refuse(paymentId: string, code: ReasonCode): Promise<boolean> {
    const { done } = await this.#try(`cancel payment ${paymentId}`, () =>
      this.#parts.rafiki.cancel(paymentId, REASONS[code].text, cardPaymentFailure(code)),
    )
    return done
  }

  /** Refuses a payment that no card asked for. */
  async refuseCardless(paymentId: string): Promise<void> {
    await this.#try(`cancel payment ${paymentId}`, () =>
      this.#parts.rafiki.cancel(paymentId, 'this issuer funds card payments only'),
    )
  }

  /** Takes back what Rafiki still holds of a payment that has ended, as soon as Rafiki can be reached. */
  async withdraw(paymentId: string): Promise<void> {
    const what = `withdraw the rest of payment ${paymentId}`
    const withdrawn = await this.#try(what, () => this.#parts.rafiki.withdraw(paymentId))
    if (!withdrawn.done && !withdrawn.refused) this.#parts.later(() => this.withdraw(paymentId))
  }

  /** Takes what has come for a cardholder out of Rafiki, as soon as Rafiki can be reached. */
  async collect(incomingPaymentId: string): Promise<void> {
    const what = `withdraw incoming payment ${incomingPaymentId}`
    const collected = await this.#try(what, () => this.#parts.rafiki.collect(incomingPaymentId))
    if (!collected.done && !collected.refused) this.#parts.later(() => this.collect(incomingPaymentId))
  }

  // The deposit may have arrived although its answer did not. So the reservation is given back only when Rafiki says the payment is dead;
  // else its webhook will tell how it ended.
  async #giveUp(paymentId: string): Promise<void> {
    const { rafiki, later } = this.#parts
    if (await this.refuse(paymentId, 'payment_not_completed')) return this.#release(paymentId)
    const asked = await this.#try(`find payment ${paymentId}`, () => rafiki.stateOf(paymentId))
    if (asked.done && DEAD.includes(asked.value)) return this.#release(paymentId)
    this.#note(
      `payment ${paymentId} may still move money: its reservation stays until Rafiki says how it ended`,
    )
    // Of a payment that nobody funds and nobody cancels no event ever comes.
    if (!asked.done) later(() => this.#giveUp(paymentId))
  }

  async #release(paymentId: string): Promise<void> {
    await this.#parts.store.settle({ paymentId, eventId: null, state: 'failed', sent: 0n })
  }

  async #try<Value>(what: string, action: () => Promise<Value>): Promise<Tried<Value>> {
    try {
      return { done: true, value: await action() }
    } catch (error) {
      const refused = error instanceof RafikiAdminError
      const who = refused ? 'Rafiki refused to' : 'it was not possible to'
      this.#note(`${who} ${what}: ${error instanceof Error ? error.message : String(error)}`)
      return { done: false, refused }
    }
  }

  #note(text: string): void {
    this.#parts.journal.record({ kind: 'fact', party: 'customer-ase', text })
  }
}
