import { systemClock } from '../../protocols/clock/system-clock.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { readDatabase } from '../../simulators/common/database.ts'
import { HttpClient } from '../../simulators/common/http-client.ts'
import { listCredits } from '../../simulators/customer-ase/accounts/credit-list.ts'
import type { Tables as CustomerTables } from '../../simulators/customer-ase/database/tables.ts'
import { listEntries } from '../../simulators/customer-ase/settlement/entry-list.ts'
import type { Tables as MerchantTables } from '../../simulators/merchant-ase/database/tables.ts'
import { listPayments } from '../../simulators/merchant-ase/payments/payment-list.ts'
import { listRefunds } from '../../simulators/merchant-ase/payments/refund-list.ts'
import { adminOf } from '../../steps/bench/admin.ts'
import { type Closer, withClosers } from '../../steps/bench/closer.ts'
import { makePlan } from '../../steps/bench/make-plan.ts'
import { bySide } from '../../steps/bench/plan.ts'
import { ConfigurationError, loadProfile, type Profile } from '../../steps/bench/profile.ts'
import { closedBooks } from '../../steps/reconcile/closed-books.ts'
import { compare, type Period, type Reconciliation } from '../../steps/reconcile/compare.ts'
import { periodBooks, type Sources } from '../../steps/reconcile/period-books.ts'
import type { Grade } from '../../steps/reconcile/rule.ts'
import { told } from '../../steps/reconcile/scenario-check.ts'
import { EXIT } from '../lib/exit.ts'

export interface ReconcileOptions {
  profile: string
  from?: string
  to?: string
  json?: boolean
}

const DAY_MS = 86_400_000

/** Holds the books of both ASEs and both Rafikis of a period against each other; exit code 1 when something is unexplained. */
export async function reconcile({ profile: name, from, to, json }: ReconcileOptions): Promise<number> {
  const profile = loadProfile(name, process.env)
  const period = periodOf(from, to)
  requireOpenBooks(profile)
  const url = databaseOf(profile)
  return withClosers(async (closers) => {
    const found = compare(await periodBooks(await sourcesOf(profile, url, closers), period), period)
    process.stdout.write(
      json ? `${JSON.stringify(documentOf(period, found), null, 2)}\n` : page(period, found),
    )
    return found.findings.some(({ grade }) => grade === 'unexplained') ? EXIT.unexpected : EXIT.done
  })
}

function periodOf(from: string | undefined, to: string | undefined): Period {
  const end = to === undefined ? systemClock.now() : momentOf('--to', to)
  const period = { from: from === undefined ? end - DAY_MS : momentOf('--from', from), to: end }
  if (period.from < period.to) return period
  throw new ConfigurationError(
    `expected --from to be before --to, got ${iso(period.from)} and ${iso(period.to)}`,
  )
}

function momentOf(option: string, text: string): number {
  const moment = Date.parse(text)
  if (!Number.isNaN(moment)) return moment
  throw new ConfigurationError(
    `expected ${option} to be a moment such as 2026-11-21T09:00:00Z, got "${text}"`,
  )
}

function requireOpenBooks(profile: Profile): void {
  const closed = closedBooks(profile)
  if (closed !== null)
    throw new ConfigurationError(
      `expected merchantAse.socket and customerAse.socket to be simulated, nothing can be reconciled else: ${closed}`,
    )
}

function databaseOf({ rafiki, database }: Profile): string {
  if (rafiki.socket === 'embedded')
    throw new ConfigurationError(
      'expected a Rafiki that outlives the run whose payments are reconciled: an embedded one ends with it, and every scenario is checked at its end; use a profile with rafiki.socket external or docker',
    )
  if (database.url !== null) return database.url
  throw new ConfigurationError(
    'expected the database that the ASEs kept their books in: set DATABASE_URL, in the run and here (embedded databases end with the run)',
  )
}

async function sourcesOf(profile: Profile, url: string, closers: Closer[]): Promise<Sources> {
  const plan = await makePlan(profile)
  const http = new HttpClient({ from: 'bench', clock: systemClock, journal: silentJournal })
  closers.push(() => http.close())
  const merchant = await readDatabase<MerchantTables>(url, 'merchant_ase', 'payments')
  closers.push(() => merchant.destroy())
  const customer = await readDatabase<CustomerTables>(url, 'customer_ase', 'ledger_entries')
  closers.push(() => customer.destroy())
  return {
    admin: bySide((side) => adminOf(side, plan, systemClock, http)),
    payments: (choice) => listPayments(merchant, choice),
    entries: (choice) => listEntries(customer, choice),
    refunds: (choice) => listRefunds(merchant, choice),
    credits: (ids) => listCredits(customer, ids),
  }
}

function documentOf({ from, to }: Period, { payments, agreed, findings }: Reconciliation) {
  return { from: iso(from), to: iso(to), payments, agreed, findings }
}

function page({ from, to }: Period, { payments, agreed, findings }: Reconciliation): string {
  const of = (grade: Grade) => findings.filter((finding) => finding.grade === grade)
  const listed = (grade: Grade) => [`${grade}: ${of(grade).length}`, ...of(grade).map(told)]
  const head = `${iso(from)} to ${iso(to)}: ${payments} payments, of ${agreed} all parties say the same`
  return `${[head, ...listed('unexplained'), ...listed('explained')].join('\n')}\n`
}

function iso(moment: number): string {
  return new Date(moment).toISOString()
}
