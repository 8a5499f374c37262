import type { Word } from '../../protocols/outcome/outcome.ts'
import type { Asset, IncomingPayment, OutgoingPayment } from './rafiki-payments.ts'
import type { RefundBooks } from './refund-books.ts'

/** What each party has written down about the same payments. Amounts are minor units, moments milliseconds since 1970. */
export interface Books {
  taps: readonly TerminalTap[]
  payments: readonly MerchantPayment[]
  incoming: readonly IncomingPayment[]
  outgoing: readonly OutgoingPayment[]
  entries: readonly IssuerEntry[]
  /** About money that went back. */
  back: RefundBooks
}

/** What a terminal has shown at the end of a tap that asked for money. */
export interface TerminalTap {
  requestId: string
  word: Word
}

/** The merchant ASE's row of a request that became a payment. */
export interface MerchantPayment extends Pick<Asset, 'assetCode'> {
  terminalId: string
  requestId: string
  amount: bigint
  /** Rafiki's id of the merchant's wallet address; null when it has none. */
  receiverId: string | null
  createdAt: number
  /** Null while it is under way. */
  word: Word | null
  /** The money that the merchant ASE says belongs to it; null when it knows of none. */
  incomingPaymentId: string | null
}

/** The customer ASE's, of one outgoing payment. */
export interface IssuerEntry {
  outgoingPaymentId: string
  /** Null when the decision is not kept any more: the ledger is. */
  state: 'declined' | 'reserved' | 'completed' | 'failed' | null
  /** What the decision says has left the account; null as the state is. */
  debited: bigint | null
  /** What has left the account by the ledger, and in how many entries. */
  ledger: bigint
  ledgerEntries: number
}
