import type { RafikiAdmin } from '../../simulators/common/rafiki-admin.ts'
import type { ListedCredit } from '../../simulators/customer-ase/accounts/credit-list.ts'
import type { EntryChoice, ListedEntry } from '../../simulators/customer-ase/settlement/entry-list.ts'
import type { ListedPayment, PaymentChoice } from '../../simulators/merchant-ase/payments/payment-list.ts'
import type { ListedRefund } from '../../simulators/merchant-ase/payments/refund-list.ts'
import type { Side } from '../bench/plan.ts'
import type { Books } from './books.ts'
import type { Period } from './compare.ts'
import { incomingPayments, outgoingPayments } from './rafiki-books.ts'
import type { RefundBooks } from './refund-books.ts'

/** Who is asked for their books: both Rafikis by the Admin API, both ASEs by their databases. */
export interface Sources {
  admin: Record<Side, Pick<RafikiAdmin, 'run'>>
  payments(choice: PaymentChoice): Promise<ListedPayment[]>
  entries(choice: EntryChoice): Promise<ListedEntry[]>
  refunds(choice: PaymentChoice): Promise<ListedRefund[]>
  credits(incomingPayments: readonly string[]): Promise<ListedCredit[]>
}

/** A payment that began at the edge of a period goes on beyond it, and clocks differ. */
const EDGE_MS = 120_000

/** What both ASEs and both Rafikis have written down about a period and its edges; no terminal is asked. */
export async function periodBooks(sources: Sources, { from, to }: Period): Promise<Books> {
  const { admin, payments, entries } = sources
  const wide = { from: from - EDGE_MS, to: to + EDGE_MS }
  const [asked, incoming, outgoing, back] = await Promise.all([
    payments(wide),
    incomingPayments(admin.merchant, wide),
    outgoingPayments(admin.customer, wide),
    refundBooks(sources, { from, to }, wide),
  ])
  const decided = await entries({ payments: outgoing.map(({ id }) => id), from, to })
  return { taps: [], payments: asked, incoming, outgoing, entries: decided, back }
}

/** Of refunds whose money was sent in the period, or that were asked for in it and have no money. */
async function refundBooks(
  { admin, refunds, credits }: Sources,
  { from, to }: Period,
  wide: Period,
): Promise<RefundBooks> {
  const [asked, sent, incoming] = await Promise.all([
    refunds(wide),
    outgoingPayments(admin.merchant, wide),
    incomingPayments(admin.customer, wide),
  ])
  const isWithin = (moment: number) => moment >= from && moment < to
  const sentAt = new Map(sent.map(({ id, createdAt }) => [id, createdAt]))
  return {
    refunds: asked.filter(({ outgoingPaymentId: id, requestedAt }) =>
      isWithin(sentAt.get(id ?? '') ?? requestedAt),
    ),
    outgoing: sent.filter(({ createdAt }) => isWithin(createdAt)),
    incoming,
    credits: await credits(incoming.map(({ id }) => id)),
  }
}
