import type { ListedRefund } from '../../simulators/merchant-ase/payments/refund-list.ts'
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
export type MerchantRefund = Omit<ListedRefund, 'requestedAt'>

/** The customer ASE's. */
export interface IssuerCredit {
  incomingPaymentId: string
  amount: bigint
}
