import { amountJson, amountOf } from './assets.ts'
import type { Account } from './ledger.ts'
import type { Quote } from './quotes.ts'
import type { WalletAddress } from './wallet-addresses.ts'

export type OutgoingPaymentState = 'FUNDING' | 'SENDING' | 'COMPLETED' | 'FAILED' | 'CANCELLED'

/** What the card service hands on of a tap. */
export interface CardDetails {
  requestId: string
  /** ISO time that the point of sale gave. */
  initiatedAt: string
  data: Record<string, unknown>
}

export interface OutgoingPayment extends Account {
  /** That of its quote. */
  readonly id: string
  readonly walletAddress: WalletAddress
  readonly createdAt: number
  readonly quote: Quote
  state: OutgoingPaymentState
  stateAttempts: number
  error: string | null
  delivered: bigint
  metadata: Record<string, unknown> | null
  /** Dropped when the payment has ended. */
  card: CardDetails | null
  /** Id of the event that asked for the money, which is the id of the deposit too. */
  createEvent: string
  /** Id of the event that told of its end, which is the id of the withdrawal too. */
  endEvent: string | null
}

export type OutgoingEvent = 'created' | 'funded' | 'completed' | 'failed' | 'cancelled'

// Rafiki reads the card's details back only where it needs them: not for the end of a payment.
const WITH_CARD: ReadonlySet<OutgoingEvent> = new Set(['created', 'funded', 'cancelled'])

/** Before it was funded a payment has no account. */
export function hasAccount({ state }: OutgoingPayment): boolean {
  return state !== 'FUNDING' && state !== 'CANCELLED'
}

/** The `data` of a webhook about the payment. */
export function eventData(payment: OutgoingPayment, event: OutgoingEvent): Record<string, unknown> {
  const { id, walletAddress, asset, quote, metadata, error } = payment
  const card = WITH_CARD.has(event) ? payment.card : null
  return {
    id,
    walletAddressId: walletAddress.id,
    client: null,
    state: payment.state,
    receiver: quote.receiver,
    debitAmount: amountJson(amountOf(quote.debit, asset)),
    receiveAmount: amountJson(quote.receiveAmount),
    sentAmount: amountJson(amountOf(payment.debited, asset)),
    stateAttempts: payment.stateAttempts,
    createdAt: new Date(payment.createdAt).toISOString(),
    balance: (hasAccount(payment) ? payment.balance : 0n).toString(),
    ...(metadata === null ? {} : { metadata }),
    ...(error === null ? {} : { error }),
    ...(card ? { cardDetails: card } : {}),
  }
}
