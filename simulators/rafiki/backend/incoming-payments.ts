import type { Timer } from '../../../protocols/clock/clock.ts'
import { uuid } from '../../common/uuid.ts'
import type { Settings } from '../config.ts'
import { type Amount, type Asset, amountJson, amountOf } from './assets.ts'
import type { Account } from './ledger.ts'
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
  readonly metadata: Record<string, unknown> | null
  state: IncomingPaymentState
  received: bigint
  withdrawn: boolean
}

export interface NewIncomingPayment {
  walletAddressId: string
  expiresAt?: string | null
  incomingAmount?: Amount | null
  metadata?: Record<string, unknown> | null
  isCardPayment?: boolean | null
  senderWalletAddress?: string | null
}

export class IncomingPayments {
  readonly #byId = new Map<string, IncomingPayment>()
  readonly #expiries = new Map<string, Timer>()
  readonly #settings: Settings
  readonly #walletAddresses: WalletAddresses
  readonly #webhooks: Webhooks

  constructor(settings: Settings, walletAddresses: WalletAddresses, webhooks: Webhooks) {
    this.#settings = settings
    this.#walletAddresses = walletAddresses
    this.#webhooks = webhooks
  }

  create(input: NewIncomingPayment): IncomingPayment {
    const now = this.#settings.clock.now()
    const expiresAt = this.#expiry(input.expiresAt, now)
    if (input.incomingAmount && input.incomingAmount.value <= 0n) throw new Refusal('amountInvalid')
    const walletAddress = this.#walletAddresses.active(input.walletAddressId)
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
      received: 0n,
      balance: 0n,
      withdrawn: false,
    }
    this.#byId.set(payment.id, payment)
    this.#awaitExpiry(payment)
    this.#webhooks.emit('incoming_payment.created', eventData(payment), ['ase'])
    return payment
  }

  get(id: string): IncomingPayment | null {
    return this.#byId.get(id) ?? null
  }

  /** In the order of their creation. */
  list(): IncomingPayment[] {
    return [...this.#byId.values()]
  }

  /** Public URL, in Open Payments. */
  url({ id }: IncomingPayment): string {
    return `${this.#settings.openPaymentsUrl}/${this.#settings.tenantId}/incoming-payments/${id}`
  }

  /** Takes note of money that has reached the payment's balance. */
  credit(payment: IncomingPayment, amount: bigint): void {
    payment.received += amount
    const complete = payment.incomingAmount !== null && payment.incomingAmount <= payment.received
    payment.state = complete ? 'COMPLETED' : 'PROCESSING'
    if (!complete) return
    this.#forgetExpiry(payment)
    this.#announceEnd(payment, 'incoming_payment.completed')
  }

  /** Hands what was received to the ASE. Throws a {@link Refusal} before the payment has ended, and the second time. */
  withdraw(id: string): void {
    const payment = this.get(id)
    const ended = payment?.state === 'COMPLETED' || payment?.state === 'EXPIRED'
    if (payment === null || !ended) throw new Refusal('incomingPaymentUnknown')
    if (payment.withdrawn) throw new Refusal('transferExists')
    payment.withdrawn = true
    payment.balance = 0n
  }

  close(): void {
    for (const timer of this.#expiries.values()) timer.cancel()
    this.#expiries.clear()
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
    if (payment.received === 0n) this.#byId.delete(payment.id)
    else this.#announceEnd(payment, 'incoming_payment.expired')
  }

  #announceEnd(payment: IncomingPayment, type: string): void {
    this.#webhooks.emit(type, eventData(payment), payment.card ? ['ase', 'pointOfSale'] : ['ase'])
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
  const { id, walletAddress, incomingAmount, received, asset, metadata } = payment
  return {
    id,
    walletAddressId: walletAddress.id,
    client: null,
    createdAt: iso(payment.createdAt),
    expiresAt: iso(payment.expiresAt),
    receivedAmount: amountJson(amountOf(received, asset)),
    completed: payment.state === 'COMPLETED',
    ...(incomingAmount === null ? {} : { incomingAmount: amountJson(amountOf(incomingAmount, asset)) }),
    ...(metadata === null ? {} : { metadata }),
  }
}

function iso(time: number): string {
  return new Date(time).toISOString()
}
