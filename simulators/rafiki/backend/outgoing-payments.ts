import type { Clock } from '../../../protocols/clock/clock.ts'
import type { Hardening } from '../hardening.ts'
import type { Amount } from './assets.ts'
import type { Ledger } from './ledger.ts'
import { Newest } from './newest.ts'
import { type CardDetails, eventData, type OutgoingEvent, type OutgoingPayment } from './outgoing-payment.ts'
import type { Quote, Quotes } from './quotes.ts'
import { Refusal } from './refusals.ts'
import type { WalletAddresses } from './wallet-addresses.ts'
import type { Recipient, Webhooks } from './webhooks.ts'

export interface NewOutgoingPayment {
  walletAddressId: string
  metadata?: Record<string, unknown> | null
}

export interface FromIncomingPayment extends NewOutgoingPayment {
  /** URL of the incoming payment to pay. */
  incomingPayment: string
  /** What to spend, if not all that is asked for is to arrive. */
  debitAmount?: Amount | null
  cardDetails?: CardDetails | null
}

export interface FromQuote extends NewOutgoingPayment {
  quoteId: string
}

export interface Cancellation {
  id: string
  reason?: string | null
  cardPaymentFailureReason?: 'invalid_signature' | 'invalid_request' | null
}

export interface OutgoingPaymentsParts {
  walletAddresses: WalletAddresses
  quotes: Quotes
  ledger: Ledger
  webhooks: Webhooks
  clock: Clock
  /** Without it everything is as in Rafiki. */
  hardening?: Hardening
}

const RECIPIENT: Record<OutgoingEvent, Recipient> = {
  created: 'ase',
  funded: 'cardService',
  cancelled: 'cardService',
  completed: 'ase',
  failed: 'ase',
}

export class OutgoingPayments {
  readonly #payments = new Newest<OutgoingPayment>()
  readonly #parts: OutgoingPaymentsParts
  readonly #send: (payment: OutgoingPayment) => void

  /** `send` is called once for each payment that was funded. */
  constructor(parts: OutgoingPaymentsParts, send: (payment: OutgoingPayment) => void) {
    this.#parts = parts
    this.#send = send
  }

  async createFromIncomingPayment(input: FromIncomingPayment): Promise<OutgoingPayment> {
    const { walletAddressId, incomingPayment: receiver, debitAmount = null } = input
    const quote = await this.#parts.quotes
      .create({ walletAddressId, receiver, debitAmount })
      .catch((error: unknown) => {
        const tooSmall = error instanceof Refusal && error.refusal === 'deliveryTooSmall'
        throw tooSmall ? new Refusal('paymentTooSmall') : error
      })
    return this.#open(quote, input, input.cardDetails ?? null)
  }

  async createFromQuote(input: FromQuote): Promise<OutgoingPayment> {
    const walletAddress = this.#parts.walletAddresses.active(input.walletAddressId)
    const quote = this.#parts.quotes.get(input.quoteId)
    if (quote === null) throw new Refusal('quoteUnknown')
    const receiver = await this.#parts.quotes.activeReceiver(quote.receiver, walletAddress)
    const used = this.#payments.has(quote.id) || quote.expiresAt <= this.#parts.clock.now()
    if (receiver === null || used || quote.walletAddress !== walletAddress) throw new Refusal('quoteInvalid')
    return this.#open(quote, input, null)
  }

  get(id: string): OutgoingPayment | null {
    return this.#payments.get(id)
  }

  /** In the order of their creation. */
  list(): OutgoingPayment[] {
    return this.#payments.list()
  }

  /** The ASE has reserved the debit amount: the money goes on its way. */
  deposit(id: string): void {
    const payment = this.get(id)
    if (payment === null) throw new Refusal('transferIdInvalid')
    if (payment.state !== 'FUNDING') throw new Refusal('stateWrong')
    const { clock, hardening } = this.#parts
    if (hardening?.on && payment.quote.expiresAt <= clock.now()) throw new Refusal('quoteInvalid')
    this.#parts.ledger.deposit({ id: payment.createEvent, account: payment, amount: payment.quote.debit })
    payment.state = 'SENDING'
    if (payment.card) this.#announce(payment, 'funded')
    this.#send(payment)
  }

  cancel({ id, reason, cardPaymentFailureReason }: Cancellation): OutgoingPayment {
    const payment = this.get(id)
    if (payment === null) throw new Refusal('paymentUnknown')
    if (payment.state !== 'FUNDING') throw new Refusal('stateWrong')
    payment.state = 'CANCELLED'
    payment.metadata = {
      ...payment.metadata,
      ...(reason ? { cancellationReason: reason } : {}),
      ...(cardPaymentFailureReason ? { cardPaymentFailureReason } : {}),
    }
    if (payment.card) this.#announce(payment, 'cancelled')
    this.#end(payment)
    return payment
  }

  /** Hands what is left of an ended payment back to the ASE. Throws a {@link Refusal} when nothing is. */
  withdraw(id: string, timeoutSeconds: bigint): void {
    const payment = this.get(id)
    if (payment === null || payment.endEvent === null) throw new Refusal('outgoingPaymentUnknown')
    if (payment.balance === 0n) throw new Refusal('balanceInsufficient')
    const withdrawal = { id: payment.endEvent, account: payment, amount: payment.balance }
    this.#parts.ledger.withdraw(withdrawal, timeoutSeconds)
    if (timeoutSeconds === 0n) this.#end(payment)
  }

  /** Ends a payment that was being sent. */
  settle(payment: OutgoingPayment, error: string | null): void {
    payment.state = error === null ? 'COMPLETED' : 'FAILED'
    payment.error = error
    payment.endEvent = this.#announce(payment, error === null ? 'completed' : 'failed')
    strip(payment)
    if (payment.balance === 0n) this.#end(payment)
  }

  // Until nothing is left in it: money is not forgotten.
  #end(payment: OutgoingPayment): void {
    strip(payment)
    const forgotten = this.#payments.ended(payment)
    this.#parts.quotes.forget(forgotten)
    this.#parts.ledger.forget(forgotten)
  }

  #announce(payment: OutgoingPayment, event: OutgoingEvent): string {
    const data = eventData(payment, event)
    return this.#parts.webhooks.emit(`outgoing_payment.${event}`, data, [RECIPIENT[event]])
  }

  #open(quote: Quote, { metadata }: NewOutgoingPayment, card: CardDetails | null): OutgoingPayment {
    const { walletAddress } = quote
    const payment: OutgoingPayment = {
      id: quote.id,
      walletAddress,
      asset: walletAddress.asset,
      createdAt: this.#parts.clock.now(),
      quote,
      state: 'FUNDING',
      stateAttempts: 0,
      error: null,
      balance: 0n,
      credited: 0n,
      debited: 0n,
      delivered: 0n,
      metadata: metadata ?? null,
      card,
      createEvent: '',
      endEvent: null,
    }
    this.#payments.add(payment)
    payment.createEvent = this.#announce(payment, 'created')
    return payment
  }
}

function strip(payment: OutgoingPayment): void {
  payment.card = null
  payment.quote.way = null
}
