import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { because } from '../../protocols/outcome/outcome.ts'
import type { SignedRequest } from '../../protocols/signatures/http-message.ts'
import { openDatabase } from '../common/database.ts'
import { DatabaseSwitch } from '../common/database-switch.ts'
import { dumpDatabase, type TableDump } from '../common/dump.ts'
import { HttpClient } from '../common/http-client.ts'
import { RafikiAdmin } from '../common/rafiki-admin.ts'
import { Service } from '../common/service.ts'
import type { MerchantAseConfig } from './config.ts'
import { migrations } from './database/migrations.ts'
import type { Database, Tables } from './database/tables.ts'
import { officeOf } from './merchants/office.ts'
import { POS_API_DOCUMENTS } from './openapi/served.ts'
import { answer } from './payments/answer.ts'
import { type Connection, PLAIN } from './payments/authentication.ts'
import { Inquiry } from './payments/inquiry.ts'
import { PaymentClerk } from './payments/payment-clerk.ts'
import { PaymentDesk } from './payments/payment-desk.ts'
import { type ListedPayment, listPayments, type PaymentChoice } from './payments/payment-list.ts'
import { type ListedRefund, listRefunds } from './payments/refund-list.ts'
import { Refunds } from './payments/refunds.ts'
import { SecuredData } from './payments/secured-data.ts'
import { Registry } from './registry.ts'
import { certificateShownOn } from './terminals/shown-certificate.ts'
import { DEFAULT_PERIODS } from './terminals/trust-config.ts'
import { type TrustService, type TrustServiceOptions, trustService } from './terminals/trust-service.ts'
import { type TextRoutes, textServer } from './text-server.ts'
import { WebhookDesk } from './webhooks/webhook-desk.ts'
import { DEFAULT_WINDOWS, type Windows } from './windows.ts'

/** A merchant ASE that runs. */
export interface MerchantAse {
  /** Base URL of the POS API: terminals `POST {url}/payments`. */
  url: string
  /** For Rafiki's `WEBHOOK_URL`. */
  webhookUrl: string
  registry: Registry
  /** The API for terminals and the office behind it; null when the ASE is not configured to onboard any. */
  terminals: Omit<TrustService, 'service'> | null
  /** Base URL of its own people's office; null when it has none. */
  officeUrl: string | null
  /** Lets the ports that terminals call go down and come back. */
  posApi: Pick<Service, 'start' | 'stop'>
  /** The same for the port of Rafiki's webhooks, and for the database. */
  webhooks: Pick<Service, 'start' | 'stop'>
  database: Pick<Service, 'start' | 'stop'>
  /** What it has written down about payments. */
  payments(choice: PaymentChoice): Promise<ListedPayment[]>
  refunds(choice: PaymentChoice): Promise<ListedRefund[]>
  /** All that its database holds, to be searched. */
  dump(): Promise<TableDump[]>
  close(): Promise<void>
}

/** Opens the database, brings it up to date, and listens. Throws when the database or a port cannot be had. */
export async function startMerchantAse(config: MerchantAseConfig): Promise<MerchantAse> {
  const { clock, journal, hosts = {} } = config
  const database = new DatabaseSwitch()
  const db = (await openDatabase<Tables>(config.database, migrations)).withPlugin(database)
  const http = new HttpClient({ from: 'merchant-ase', clock, journal, hosts })
  const windows = { ...DEFAULT_WINDOWS, ...config.windows }
  const admin = adminOf(config, http, windows)
  const refunds = new Refunds({ db, admin, clock, journal })
  const desk = paymentDesk(config, { db, http, admin, refunds }, windows)
  const clerk = new PaymentClerk({ db, refunds, windows, clock, journal })
  const posApi = posApiServer(config, { desk, clerk })
  const webhooks = webhookServer(config, { db, refunds }, windows)
  const terminals = terminalsOf(config, { db, desk, clerk }, windows)
  const office = officeOf(config, db, terminals)
  const doors = together([posApi, terminals?.service ?? null])
  const others = together([webhooks, office])
  const close = async (): Promise<void> => {
    await Promise.all([doors.stop(), others.stop()])
    await http.close()
    await db.destroy()
  }
  try {
    await desk.open()
    await Promise.all([doors.start(), others.start()])
  } catch (error) {
    await close()
    throw error
  }
  const url = config.publicUrl ?? posApi.url
  return {
    url,
    webhookUrl: `${webhooks.url}/webhooks`,
    registry: new Registry(db),
    terminals,
    officeUrl: office?.url ?? null,
    posApi: doors,
    webhooks,
    database,
    payments: (choice) => listPayments(db, choice),
    refunds: (choice) => listRefunds(db, choice),
    dump: () => dumpDatabase(db),
    close,
  }
}

function together(parts: readonly (Service | null)[]): Pick<Service, 'start' | 'stop'> {
  const services = parts.filter((service) => service !== null)
  return {
    start: async () => void (await Promise.all(services.map((service) => service.start()))),
    stop: async () => void (await Promise.all(services.map((service) => service.stop()))),
  }
}

function terminalsOf(
  { host = '127.0.0.1', terminals, clock, journal }: MerchantAseConfig,
  { db, ...people }: { db: Database } & People,
  windows: Windows,
): TrustService | null {
  if (terminals === undefined) return null
  const periods = { ...DEFAULT_PERIODS, ...terminals.periods }
  const also: TrustServiceOptions['also'] = (url, judge) => {
    const routes = payments(people, url, async (socket) => {
      const certificate = certificateShownOn(socket)
      return { tls: true, certificate, judge: await judge() }
    })
    return { routes, onError: paymentBroke(people.desk) }
  }
  return trustService({ ...terminals, host, db, windows, periods, clock, journal, also })
}

function paymentBroke(desk: PaymentDesk): TextRoutes['onError'] {
  return (error, reply) => {
    const { status, body } = isClientError(error)
      ? answer(null, because('request_malformed', error.message))
      : desk.broke(error)
    reply.code(status).send(body)
  }
}

/** Who takes payments, and who does what comes after them. */
interface People {
  desk: PaymentDesk
  clerk: PaymentClerk
}

type Take = (message: SignedRequest, connection: Connection) => Promise<{ status: number; body: object }>

/** The routes of payments; `connected` says what a connection tells of its client. */
function payments(
  { desk, clerk }: People,
  base: string,
  connected: (socket: Socket) => Promise<Connection>,
): TextRoutes['routes'] {
  const route =
    (take: Take): TextRoutes['routes'][string] =>
    async ({ method, url, headers, body, raw }, reply) => {
      const message = { method, url: `${base}${url}`, headers, body: body ?? '' }
      const { status, body: sent } = await take(message, await connected(raw.socket))
      return reply.code(status).send(sent)
    }
  const after = clerk.paths.map((path) => [path, route((...call) => clerk.take(path, ...call))])
  return { '/payments': route((...call) => desk.take(...call)), ...Object.fromEntries(after) }
}

function adminOf(
  { rafiki, clock }: MerchantAseConfig,
  http: HttpClient,
  { inquiry: timeoutMs }: Windows,
): RafikiAdmin {
  return new RafikiAdmin({
    to: 'rafiki-merchant',
    url: rafiki.adminUrl,
    tenantId: rafiki.tenantId,
    secret: rafiki.adminApiSecret,
    version: rafiki.adminApiSignatureVersion,
    clock,
    http,
    timeoutMs,
  })
}

function paymentDesk(
  { rafiki, terminals, clock, journal }: MerchantAseConfig,
  { db, http, admin, refunds }: { db: Database; http: HttpClient; admin: RafikiAdmin; refunds: Refunds },
  windows: Windows,
): PaymentDesk {
  const inquiry = new Inquiry({ admin, http, journal, timeoutMs: windows.inquiry })
  const keys = terminals?.transactions
  return new PaymentDesk({
    secured: keys === undefined ? null : new SecuredData({ db, clock, keys }),
    db,
    http,
    admin,
    inquiry,
    refunds,
    pointOfSaleUrl: rafiki.pointOfSaleUrl,
    windows,
    clock,
    journal,
  })
}

function posApiServer({ host = '127.0.0.1', ports, publicUrl }: MerchantAseConfig, people: People): Service {
  // The target URI that terminals sign is this program's own address, never what a Host header says it is.
  const base = publicUrl ?? `http://${host}:${ports.posApi}`
  const routes = payments(people, base, async () => PLAIN)
  const build = () => textServer({ routes, documents: POS_API_DOCUMENTS, onError: paymentBroke(people.desk) })
  return new Service({ name: 'the POS API', host, port: ports.posApi, build })
}

function webhookServer(
  { host = '127.0.0.1', ports, rafiki, clock, journal }: MerchantAseConfig,
  { db, refunds }: { db: Database; refunds: Refunds },
  windows: Windows,
): Service {
  const secret = { secret: rafiki.webhookSecret, version: rafiki.webhookSignatureVersion }
  const desk = new WebhookDesk({ db, refunds, secret, windows, clock, journal })
  const take = async ({ headers, body }: FastifyRequest<{ Body: string }>, reply: FastifyReply) => {
    const status = await desk.take(body ?? '', headers['rafiki-signature']?.toString())
    return reply.code(status).send()
  }
  const onError = (error: unknown, reply: FastifyReply) => {
    if (!isClientError(error))
      journal.record({ kind: 'fact', party: 'merchant-ase', text: `a webhook could not be taken: ${error}` })
    reply.code(isClientError(error) ? 400 : 500).send()
  }
  const build = () => textServer({ routes: { '/webhooks': take }, onError })
  return new Service({ name: "the merchant ASE's webhooks", host, port: ports.webhooks, build })
}

// Fastify's own refusals: a body over the limit, headers that cannot be read.
function isClientError(error: unknown): error is Error & { statusCode: number } {
  const { statusCode = 500 } = error as { statusCode?: number }
  return statusCode >= 400 && statusCode < 500
}
