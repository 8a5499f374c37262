import type { IncomingPayment, OutgoingPayment } from './rafiki-payments.ts'

/** What each party has written down about money that went back to cardholders. Amounts are minor units. */
export interface RefundBooks {
  refunds: readonly MerchantRefund[]
  /** The merchant's Rafiki's. */
  outgoing: readonly OutgoingPayment[]
  /** The customer's Rafiki's. */
  incoming: readonly IncomingPayment[]
  credits: readonly IssuerCredit[]
}

/** The merchant ASE's row of a refund. */
export interface MerchantRefund {
  id: string
  terminalId: string
  /** Request id of the payment that it gives back. */
  paymentId: string
  amount: bigint
  state: 'pending' | 'completed' | 'failed'
  /** Null when no money was sent for it. */
  outgoingPaymentId: string | null
  /** What the payment was of; null when the merchant ASE has no such payment. */
  paid: bigint | null
  /** All that was or is being given back of the payment. */
  givenBack: bigint
}

/** The customer ASE's. */
export interface IssuerCredit {
  incomingPaymentId: string
  amount: bigint
}
