import type { Kysely } from 'kysely'
import type { Journal } from '../../protocols/journal/journal.ts'
import { openDatabase } from '../common/database.ts'
import { DatabaseSwitch } from '../common/database-switch.ts'
import { dumpDatabase, type TableDump } from '../common/dump.ts'
import { HttpClient } from '../common/http-client.ts'
import { RafikiAdmin } from '../common/rafiki-admin.ts'
import { Service } from '../common/service.ts'
import { type Account, type AccountOpening, findAccount, openAccount } from './accounts/accounts.ts'
import { type ListedCredit, listCredits } from './accounts/credit-list.ts'
import {
  type Card,
  type CardOrder,
  type CardState,
  findCard,
  type IssuedCard,
  issueCard,
  setCardState,
} from './cards/cards.ts'
import { Conduct } from './conduct.ts'
import { type Behaviour, type CustomerAseConfig, DEFAULT_POLICY, noPins } from './config.ts'
import { Housekeeping } from './database/housekeeping.ts'
import { migrations } from './database/migrations.ts'
import type { Tables } from './database/tables.ts'
import { DecisionStore } from './decision/decision-store.ts'
import { createHttpServer, type HttpServerParts } from './http-server.ts'
import { CustomerRafiki } from './rafiki/customer-rafiki.ts'
import { readRates } from './rates/rates.ts'
import { Cashier } from './settlement/cashier.ts'
import { type EntryChoice, type ListedEntry, listEntries } from './settlement/entry-list.ts'
import { EventDesk } from './webhooks/event-desk.ts'
import { Work } from './work.ts'

// As long as Rafiki itself waits before it tries something again.
const LATER_MS = 10_000

/** A running issuer. */
export interface CustomerAse {
  url: string
  /** For Rafiki's `WEBHOOK_URL`. */
  webhookUrl: string
  /** For Rafiki's `EXCHANGE_RATES_URL`. */
  ratesUrl: string
  /** For the wallet addresses' additional property `cardDecisions`. */
  decisionsUrl: string
  openAccount(opening: AccountOpening): Promise<Account>
  issueCard(order: CardOrder): Promise<IssuedCard>
  setCardState(cardId: string, state: CardState): Promise<void>
  account(accountId: string): Promise<Account | null>
  card(cardId: string): Promise<Card | null>
  /** How the issuer behaves from now on; what is left out is as it should be. */
  behave(behaviour: Partial<Behaviour>): void
  /** Lets the port that Rafiki and the merchant's ASE call go down and come back; the same for the database. */
  http: Pick<Service, 'start' | 'stop'>
  database: Pick<Service, 'start' | 'stop'>
  /** What it has written down about payments. */
  entries(choice: EntryChoice): Promise<ListedEntry[]>
  /** The credits from these incoming payments. */
  credits(incomingPayments: readonly string[]): Promise<ListedCredit[]>
  /** All that its database holds, to be searched. */
  dump(): Promise<TableDump[]>
  /** Resolves when all events taken so far were worked on, but for those that a delay holds back. */
  idle(): Promise<void>
  close(): Promise<void>
}

/** Starts an issuer: its database brought up to date, its HTTP side listening. Throws when it cannot listen, and leaves nothing open. */
export async function startCustomerAse(config: CustomerAseConfig): Promise<CustomerAse> {
  const rates = readRates()
  const database = new DatabaseSwitch()
  const opened = await openDatabase<Tables>({ schema: 'customer_ase', ...config.database }, migrations)
  const db = opened.withPlugin(database)
  const http = new HttpClient({ ...config, from: 'customer-ase' })
  const parts = assemble(config, db, http)
  const { work, store, policy } = parts
  const conduct = new Conduct({ ...parts, journal: config.journal })
  const serverParts: HttpServerParts = {
    ...config,
    secret: config.webhooks,
    windowMs: policy.webhookWindowMs,
    store,
    rates,
    taken: (event) => conduct.take(event),
  }
  const { host = '127.0.0.1', port, tls } = config
  const build = () => createHttpServer(serverParts)
  const server = new Service({ name: 'the customer ASE', host, port, isTls: tls !== undefined, build })
  const close = async () => {
    await server.stop()
    work.cancelWaiting()
    await http.close()
    await work.idle()
    await db.destroy()
  }
  await server.start().catch(async (error) => {
    await close()
    throw error
  })
  const base = server.url
  return {
    url: base,
    webhookUrl: `${base}/webhooks`,
    ratesUrl: `${base}/rates`,
    decisionsUrl: `${base}/card-decisions`,
    openAccount: (opening) => openAccount({ ...config, db, rafiki: parts.rafiki }, opening),
    issueCard: (order) => issueCard({ pins: noPins, ...config, db }, order),
    setCardState: (cardId, state) => setCardState(db, cardId, state),
    account: (accountId) => findAccount(db, accountId),
    card: (cardId) => findCard(db, cardId),
    behave: (change) => conduct.behave(change),
    http: server,
    database,
    entries: (choice) => listEntries(db, choice),
    credits: (incomingPayments) => listCredits(db, incomingPayments),
    dump: () => dumpDatabase(db),
    idle: () => work.idle(),
    close,
  }
}

function assemble(config: CustomerAseConfig, db: Kysely<Tables>, http: HttpClient) {
  const { clock, journal, keys, pins = noPins } = config
  const { adminUrl, tenantId, secret, version } = config.rafiki
  const policy = { ...DEFAULT_POLICY, ...config.policy }
  const admin = new RafikiAdmin({
    to: 'rafiki-customer',
    url: adminUrl,
    tenantId,
    secret,
    version,
    clock,
    http,
  })
  const rafiki = new CustomerRafiki(admin)
  const store = new DecisionStore(db, policy.recentTaps)
  const work = new Work(clock, (error) => note(journal, `a webhook could not be worked on: ${error}`))
  const cashier = new Cashier({ store, rafiki, journal, later: (action) => work.start(action, LATER_MS) })
  const desk = new EventDesk({ store, keys, pins, rafiki, policy, clock, cashier, journal })
  const housekeeping = new Housekeeping(db, policy, config.database?.url === undefined)
  return { policy, rafiki, store, desk, housekeeping, work }
}

function note(journal: Journal, text: string): void {
  journal.record({ kind: 'fact', party: 'customer-ase', text })
}
