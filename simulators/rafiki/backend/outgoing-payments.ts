import { uuid } from '../../common/uuid.ts'
import type { Settings } from '../config.ts'
import { type Amount, amountOf } from './assets.ts'
import { type CardDetails, eventData, type OutgoingEvent, type OutgoingPayment } from './outgoing-payment.ts'
import type { Peers } from './peers.ts'
import { quoteDelivery } from './quotes.ts'
import type { Rates } from './rates.ts'
import { credentialsOf, type Receiver, type Receivers, remainingOf } from './receivers.ts'
import { Refusal } from './refusals.ts'
import type { WalletAddress, WalletAddresses } from './wallet-addresses.ts'
import type { Recipient, Webhooks } from './webhooks.ts'

export interface NewOutgoingPayment {
  walletAddressId: string
  /** URL of the incoming payment to pay. */
  incomingPayment: string
  metadata?: Record<string, unknown> | null
  cardDetails?: CardDetails | null
}

export interface Cancellation {
  id: string
  reason?: string | null
  cardPaymentFailureReason?: 'invalid_signature' | 'invalid_request' | null
}

export interface OutgoingPaymentsParts {
  walletAddresses: WalletAddresses
  receivers: Receivers
  rates: Rates
  peers: Peers
  webhooks: Webhooks
}

const RECIPIENT: Record<OutgoingEvent, Recipient> = {
  created: 'ase',
  funded: 'cardService',
  cancelled: 'cardService',
  completed: 'ase',
  failed: 'ase',
}

export class OutgoingPayments {
  readonly #byId = new Map<string, OutgoingPayment>()
  readonly #settings: Settings
  readonly #parts: OutgoingPaymentsParts
  readonly #send: (payment: OutgoingPayment) => void

  /** `send` is called once for each payment that was funded. */
  constructor(settings: Settings, parts: OutgoingPaymentsParts, send: (payment: OutgoingPayment) => void) {
    this.#settings = settings
    this.#parts = parts
    this.#send = send
  }

  async create(input: NewOutgoingPayment): Promise<OutgoingPayment> {
    const walletAddress = this.#parts.walletAddresses.active(input.walletAddressId)
    const receiver = await this.#receiver(input.incomingPayment, walletAddress)
    const payment = await this.#quoted(input, walletAddress, receiver)
    this.#byId.set(payment.id, payment)
    this.announce(payment, 'created')
    return payment
  }

  get(id: string): OutgoingPayment | null {
    return this.#byId.get(id) ?? null
  }

  /** In the order of their creation. */
  list(): OutgoingPayment[] {
    return [...this.#byId.values()]
  }

  /** The ASE has reserved the debit amount: the money goes on its way. */
  deposit(id: string): void {
    const payment = this.get(id)
    if (payment === null) throw new Refusal('transferIdInvalid')
    if (payment.state !== 'FUNDING') throw new Refusal('stateWrong')
    payment.balance = payment.debit
    payment.state = 'SENDING'
    if (payment.unsettled?.card) this.announce(payment, 'funded')
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
    if (payment.unsettled?.card) this.announce(payment, 'cancelled')
    payment.unsettled = null
    return payment
  }

  /** Hands what is left of an ended payment back to the ASE. Throws a {@link Refusal} when nothing is. */
  withdraw(id: string): void {
    const payment = this.get(id)
    const ended = payment?.state === 'COMPLETED' || payment?.state === 'FAILED'
    if (payment === null || !ended) throw new Refusal('outgoingPaymentUnknown')
    if (payment.balance === 0n) throw new Refusal('balanceInsufficient')
    payment.balance = 0n
  }

  /** Ends a payment that was being sent. */
  settle(payment: OutgoingPayment, error: string | null): void {
    payment.state = error === null ? 'COMPLETED' : 'FAILED'
    payment.error = error
    payment.unsettled = null
    this.announce(payment, error === null ? 'completed' : 'failed')
  }

  announce(payment: OutgoingPayment, event: OutgoingEvent): void {
    const type = `outgoing_payment.${event}`
    this.#parts.webhooks.emit(type, eventData(payment, event), [RECIPIENT[event]])
  }

  async #receiver(url: string, { asset }: WalletAddress): Promise<Receiver> {
    const { peers, receivers } = this.#parts
    const receiver = await receivers.get(url, peers.acquaintance(asset)?.outgoing.authToken ?? null)
    if (receiver === null || !receivers.isActive(receiver)) throw new Refusal('receiverInvalid')
    return receiver
  }

  async #quoted(
    input: NewOutgoingPayment,
    walletAddress: WalletAddress,
    receiver: Receiver,
  ): Promise<OutgoingPayment> {
    const { asset } = walletAddress
    const receiveAmount = deliveryOf(receiver)
    const credentials = credentialsOf(receiver)
    if (credentials === null || this.#parts.peers.route(credentials.ilpAddress, asset) === null)
      throw new Refusal('routeMissing')
    const { assetCode: code, assetScale: scale } = receiveAmount
    const rate = await this.#parts.rates.between(asset, { code, scale })
    if (rate === null) throw new Refusal('ratesMissing')
    const quote = quoteDelivery(receiveAmount.value, rate, this.#settings.slippage)
    const now = this.#settings.clock.now()
    return {
      id: uuid(this.#settings.random),
      walletAddress,
      asset,
      createdAt: now,
      expiresAt: this.#quoteExpiry(receiver, now),
      receiver: input.incomingPayment,
      debit: quote.maxSource,
      receiveAmount,
      estimatedExchangeRate: rate,
      state: 'FUNDING',
      stateAttempts: 0,
      error: null,
      sent: 0n,
      delivered: 0n,
      balance: 0n,
      metadata: input.metadata ?? null,
      unsettled: {
        card: input.cardDetails ?? null,
        credentials,
        rate: quote.rate,
        minRate: quote.minRate,
      },
    }
  }

  #quoteExpiry({ expiresAt }: Receiver, now: number): number {
    const own = now + this.#settings.quoteLifespanMs
    return expiresAt === undefined ? own : Math.min(own, Date.parse(expiresAt))
  }
}

function deliveryOf(receiver: Receiver): Amount {
  const remaining = remainingOf(receiver)
  if (remaining === null || remaining <= 0n) throw new Refusal('amountInvalid')
  const { assetCode: code, assetScale: scale } = receiver.receivedAmount
  return amountOf(remaining, { code, scale })
}
