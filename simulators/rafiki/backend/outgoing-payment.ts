import type { ConnectionCredentials } from '../ilp/credentials.ts'
import { type Amount, type Asset, amountJson, amountOf } from './assets.ts'
import type { Account } from './ledger.ts'
import type { Ratio } from './quotes.ts'
import type { WalletAddress } from './wallet-addresses.ts'

export type OutgoingPaymentState = 'FUNDING' | 'SENDING' | 'COMPLETED' | 'FAILED' | 'CANCELLED'

/** What the card service hands on of a tap. */
export interface CardDetails {
  requestId: string
  /** ISO time that the point of sale gave. */
  initiatedAt: string
  data: Record<string, unknown>
}

/** What is needed until the payment has ended; dropped then, so that thousands of ended ones cost little. */
export interface Unsettled {
  readonly card: CardDetails | null
  readonly credentials: ConnectionCredentials
  readonly rate: Ratio
  readonly minRate: Ratio
}

export interface OutgoingPayment extends Account {
  readonly id: string
  readonly walletAddress: WalletAddress
  readonly asset: Asset
  readonly createdAt: number
  readonly expiresAt: number
  /** URL of the incoming payment. */
  readonly receiver: string
  readonly debit: bigint
  readonly receiveAmount: Amount
  readonly estimatedExchangeRate: number
  state: OutgoingPaymentState
  stateAttempts: number
  error: string | null
  sent: bigint
  delivered: bigint
  metadata: Record<string, unknown> | null
  unsettled: Unsettled | null
}

export type OutgoingEvent = 'created' | 'funded' | 'completed' | 'failed' | 'cancelled'

// Rafiki reads the card's details back only where it needs them: not for the end of a payment.
const WITH_CARD: ReadonlySet<OutgoingEvent> = new Set(['created', 'funded', 'cancelled'])

/** The `data` of a webhook about the payment. */
export function eventData(payment: OutgoingPayment, event: OutgoingEvent): Record<string, unknown> {
  const { id, walletAddress, asset, metadata, error } = payment
  const card = WITH_CARD.has(event) ? payment.unsettled?.card : null
  const unfunded = payment.state === 'FUNDING' || payment.state === 'CANCELLED'
  return {
    id,
    walletAddressId: walletAddress.id,
    client: null,
    state: payment.state,
    receiver: payment.receiver,
    debitAmount: amountJson(amountOf(payment.debit, asset)),
    receiveAmount: amountJson(payment.receiveAmount),
    sentAmount: amountJson(amountOf(payment.sent, asset)),
    stateAttempts: payment.stateAttempts,
    createdAt: new Date(payment.createdAt).toISOString(),
    balance: (unfunded ? 0n : payment.balance).toString(),
    ...(metadata === null ? {} : { metadata }),
    ...(error === null ? {} : { error }),
    ...(card ? { cardDetails: card } : {}),
  }
}
