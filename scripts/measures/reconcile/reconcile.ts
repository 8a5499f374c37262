import { systemClock } from '../../../protocols/clock/system-clock.ts'
import { silentJournal } from '../../../protocols/journal/journal.ts'
import { HttpClient } from '../../../simulators/common/http-client.ts'
import { RafikiAdmin } from '../../../simulators/common/rafiki-admin.ts'
import { listCredits } from '../../../simulators/customer-ase/accounts/credit-list.ts'
import { listEntries } from '../../../simulators/customer-ase/settlement/entry-list.ts'
import { listPayments } from '../../../simulators/merchant-ase/payments/payment-list.ts'
import { listRefunds } from '../../../simulators/merchant-ase/payments/refund-list.ts'
import { closing, withClosers } from '../../../steps/bench/closer.ts'
import { bySide } from '../../../steps/bench/plan.ts'
import { compare } from '../../../steps/reconcile/compare.ts'
import { periodBooks } from '../../../steps/reconcile/period-books.ts'
import { startPrivatePostgres } from '../../lib/private-postgres.ts'
import { atMost, type Figure, figure } from '../measure.ts'
import { serveAdminPages } from './admin-pages.ts'
import { fillAseDatabases } from './ase-databases.ts'
import { BEGUN_MS, begunAt, WRONG_EVERY } from './payments.ts'

const PAYMENTS = 100_000
const TARGET_S = 10
const NOBODYS = { tenantId: 'measured', secret: 'measured', version: 1 }

/** Seconds to reconcile 100,000 payments of both ASEs on PostgreSQL with the lists of two Admin APIs over HTTP. */
export async function measureReconcile(): Promise<Figure[]> {
  return withClosers(async (closers) => {
    const { url } = await closing(closers, startPrivatePostgres())
    const { merchant, customer } = await closing(closers, fillAseDatabases(url, PAYMENTS))
    const pages = {
      merchant: await closing(closers, serveAdminPages('incomingPayments', PAYMENTS)),
      customer: await closing(closers, serveAdminPages('outgoingPayments', PAYMENTS)),
    }
    const http = new HttpClient({ from: 'bench', clock: systemClock, journal: silentJournal })
    closers.push(() => http.close())
    const admin = bySide(
      (side) =>
        new RafikiAdmin({ to: `rafiki-${side}`, url: pages[side].url, ...NOBODYS, clock: systemClock, http }),
    )
    const sources: Parameters<typeof periodBooks>[0] = {
      admin,
      payments: (choice) => listPayments(merchant, choice),
      entries: (choice) => listEntries(customer, choice),
      refunds: (choice) => listRefunds(merchant, choice),
      credits: (ids) => listCredits(customer, ids),
    }
    const period = { from: BEGUN_MS, to: begunAt(PAYMENTS) }
    const started = performance.now()
    const books = await periodBooks(sources, period)
    const gathered = performance.now()
    const { payments: count, findings } = compare(books, period)
    const ended = performance.now()
    if (count !== PAYMENTS || findings.length !== PAYMENTS / WRONG_EVERY)
      throw new Error(
        `expected ${PAYMENTS} payments and ${PAYMENTS / WRONG_EVERY} findings, got ${count} and ${findings.length}`,
      )
    return [
      atMost('reconcile 100,000 payments', (ended - started) / 1_000, 's', TARGET_S),
      figure('reconcile, of it comparing', (ended - gathered) / 1_000, 's'),
    ]
  })
}
