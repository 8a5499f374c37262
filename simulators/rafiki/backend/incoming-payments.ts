import type { Timer } from '../../../protocols/clock/clock.ts'
import { uuid } from '../../common/uuid.ts'
import type { Settings } from '../config.ts'
import { type Amount, type Asset, amountJson, amountOf } from './assets.ts'
import type { Account, Ledger } from './ledger.ts'
import { Newest } from './newest.ts'
import { Refusal } from './refusals.ts'
import type { WalletAddress, WalletAddresses } from './wallet-addresses.ts'
import type { Webhooks } from './webhooks.ts'

// What fits a timer of Node: 24.8 days.
const LONGEST_TIMER_MS = 2 ** 31 - 1

export type IncomingPaymentState = 'PENDING' | 'PROCESSING' | 'COMPLETED' | 'EXPIRED'

/** Money that is expected, or has come. */
export interface IncomingPayment extends Account {
  readonly id: string
  readonly walletAddress: WalletAddress
  readonly asset: Asset
  readonly createdAt: number
  readonly expiresAt: number
  readonly incomingAmount: bigint | null
  readonly card: boolean
  readonly senderWalletAddress: string | null
  metadata: Record<string, unknown> | null
  state: IncomingPaymentState
  approvedAt: number | null
  cancelledAt: number | null
  cancellationReason: string | null
  /** Id of the event that told of its end, which is the id of the withdrawal too. */
  endEvent: string | null
}

export interface NewIncomingPayment {
  walletAddressId: string
  expiresAt?: string | null
  incomingAmount?: Amount | null
  metadata?: Record<string, unknown> | null
  isCardPayment?: boolean | null
  senderWalletAddress?: string | null
}

export interface IncomingPaymentsParts {
  walletAddresses: WalletAddresses
  webhooks: Webhooks
  ledger: Ledger
}

export class IncomingPayments {
  readonly #payments = new Newest<IncomingPayment>()
  readonly #expiries = new Map<string, Timer>()
  readonly #settings: Settings
  readonly #parts: IncomingPaymentsParts

  constructor(settings: Settings, parts: IncomingPaymentsParts) {
    this.#settings = settings
    this.#parts = parts
  }

  create(input: NewIncomingPayment): IncomingPayment {
    const now = this.#settings.clock.now()
    const expiresAt = this.#expiry(input.expiresAt, now)
    if (input.incomingAmount && input.incomingAmount.value <= 0n) throw new Refusal('amountInvalid')
    const walletAddress = this.#parts.walletAddresses.active(input.walletAddressId)
    if (input.incomingAmount) checkAsset(input.incomingAmount, walletAddress.asset)
    const payment: IncomingPayment = {
      id: uuid(this.#settings.random),
      walletAddress,
      asset: walletAddress.asset,
      createdAt: now,
      expiresAt,
      incomingAmount: input.incomingAmount?.value ?? null,
      card: input.isCardPayment === true,
      senderWalletAddress: input.senderWalletAddress ?? null,
      metadata: input.metadata ?? null,
      state: 'PENDING',
      approvedAt: null,
      cancelledAt: null,
      cancellationReason: null,
      endEvent: null,
      balance: 0n,
      credited: 0n,
      debited: 0n,
    }
    this.#payments.add(payment)
    this.#awaitExpiry(payment)
    this.#parts.webhooks.emit('incoming_payment.created', eventData(payment), ['ase'])
    return payment
  }

  get(id: string): IncomingPayment | null {
    return this.#payments.get(id)
  }

  update({ id, metadata }: { id: string; metadata: Record<string, unknown> }): IncomingPayment {
    const payment = this.#existing(id)
    payment.metadata = metadata
    return payment
  }

  /** Notes that the ASE agrees. Nothing follows from it here, as in Rafiki unless it is told to wait for it. */
  approve(id: string): IncomingPayment {
    const payment = this.#pending(id)
    if (payment.cancelledAt !== null) throw new Refusal('alreadyActioned')
    payment.approvedAt ??= this.#settings.clock.now()
    return payment
  }

  /** Notes that the ASE does not agree; see {@link IncomingPayments.approve}. */
  cancel(id: string, reason: string | null): IncomingPayment {
    const payment = this.#pending(id)
    if (payment.approvedAt !== null) throw new Refusal('alreadyActioned')
    if (payment.cancelledAt !== null) return payment
    payment.cancelledAt = this.#settings.clock.now()
    payment.cancellationReason = reason
    return payment
  }

  /** In the order of their creation. */
  list(): IncomingPayment[] {
    return this.#payments.list()
  }

  /** Public URL, in Open Payments. */
  url({ id }: IncomingPayment): string {
    return `${this.#settings.openPaymentsUrl}/${this.#settings.tenantId}/incoming-payments/${id}`
  }

  /** Takes note of money that has reached the payment. */
  credited(payment: IncomingPayment): void {
    const complete = payment.incomingAmount !== null && payment.incomingAmount <= payment.credited
    payment.state = complete ? 'COMPLETED' : 'PROCESSING'
    if (!complete) return
    this.#forgetExpiry(payment)
    this.#announceEnd(payment, 'incoming_payment.completed')
  }

  /** Hands what was received to the ASE. Throws a {@link Refusal} before the payment has ended, and the second time. */
  withdraw(id: string, timeoutSeconds: bigint): void {
    const payment = this.get(id)
    if (payment === null || payment.endEvent === null) throw new Refusal('incomingPaymentUnknown')
    const withdrawal = { id: payment.endEvent, account: payment, amount: payment.credited }
    this.#parts.ledger.withdraw(withdrawal, timeoutSeconds)
  }

  close(): void {
    for (const timer of this.#expiries.values()) timer.cancel()
    this.#expiries.clear()
  }

  #existing(id: string): IncomingPayment {
    const payment = this.get(id)
    if (payment === null) throw new Refusal('paymentUnknown')
    return payment
  }

  #pending(id: string): IncomingPayment {
    const payment = this.#existing(id)
    if (payment.state !== 'PENDING') throw new Refusal('stateWrong')
    return payment
  }

  #expiry(wanted: string | null | undefined, now: number): number {
    const latest = now + this.#settings.incomingPaymentExpiryMaxMs
    if (!wanted) return latest
    const expiresAt = Date.parse(wanted)
    if (!(expiresAt > now && expiresAt <= latest)) throw new Refusal('expiryInvalid')
    return expiresAt
  }

  #awaitExpiry(payment: IncomingPayment): void {
    const left = payment.expiresAt - this.#settings.clock.now()
    if (left <= 0) {
      this.#expire(payment)
      return
    }
    const timer = this.#settings.clock.after(Math.min(left, LONGEST_TIMER_MS), () =>
      this.#awaitExpiry(payment),
    )
    this.#expiries.set(payment.id, timer)
  }

  // What never received anything is deleted, without an event.
  #expire(payment: IncomingPayment): void {
    this.#forgetExpiry(payment)
    payment.state = 'EXPIRED'
    if (payment.credited === 0n) this.#payments.delete(payment.id)
    else this.#announceEnd(payment, 'incoming_payment.expired')
  }

  #announceEnd(payment: IncomingPayment, type: string): void {
    payment.endEvent = this.#parts.webhooks.emit(
      type,
      eventData(payment),
      payment.card ? ['ase', 'pointOfSale'] : ['ase'],
    )
    this.#parts.ledger.forget(this.#payments.ended(payment))
  }

  #forgetExpiry({ id }: IncomingPayment): void {
    this.#expiries.get(id)?.cancel()
    this.#expiries.delete(id)
  }
}

function checkAsset({ assetCode, assetScale }: Amount, asset: Asset): void {
  if (assetCode !== asset.code || assetScale !== asset.scale) throw new Refusal('amountInvalid')
}

function eventData(payment: IncomingPayment): Record<string, unknown> {
  const { id, walletAddress, incomingAmount, credited, asset, metadata, approvedAt, cancelledAt } = payment
  return {
    id,
    walletAddressId: walletAddress.id,
    client: null,
    createdAt: iso(payment.createdAt),
    expiresAt: iso(payment.expiresAt),
    receivedAmount: amountJson(amountOf(credited, asset)),
    completed: payment.state === 'COMPLETED',
    ...(incomingAmount === null ? {} : { incomingAmount: amountJson(amountOf(incomingAmount, asset)) }),
    ...(metadata === null ? {} : { metadata }),
    ...(approvedAt === null ? {} : { approvedAt: iso(approvedAt) }),
    ...(cancelledAt === null ? {} : { cancelledAt: iso(cancelledAt) }),
  }
}

function iso(time: number): string {
  return new Date(time).toISOString()
}
