import type { RafikiAdmin } from '../../simulators/common/rafiki-admin.ts'
import type { EntryChoice, ListedEntry } from '../../simulators/customer-ase/settlement/entry-list.ts'
import type { ListedPayment, PaymentChoice } from '../../simulators/merchant-ase/payments/payment-list.ts'
import type { Side } from '../bench/plan.ts'
import type { Books } from './books.ts'
import type { Period } from './compare.ts'
import { incomingPayments, outgoingPayments } from './rafiki-books.ts'

/** Who is asked for their books: both Rafikis by the Admin API, both ASEs by their databases. */
export interface Sources {
  admin: Record<Side, Pick<RafikiAdmin, 'run'>>
  payments(choice: PaymentChoice): Promise<ListedPayment[]>
  entries(choice: EntryChoice): Promise<ListedEntry[]>
}

/** A payment that began at the edge of a period goes on beyond it, and clocks differ. */
const EDGE_MS = 120_000

/** What both ASEs and both Rafikis have written down about a period and its edges; no terminal is asked. */
export async function periodBooks(
  { admin, payments, entries }: Sources,
  { from, to }: Period,
): Promise<Books> {
  const wide = { from: from - EDGE_MS, to: to + EDGE_MS }
  const [asked, incoming, outgoing] = await Promise.all([
    payments(wide),
    incomingPayments(admin.merchant, wide),
    outgoingPayments(admin.customer, wide),
  ])
  const decided = await entries({ payments: outgoing.map(({ id }) => id), from, to })
  return { taps: [], payments: asked, incoming, outgoing, entries: decided }
}
