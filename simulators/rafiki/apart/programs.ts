import type { FastifyInstance } from 'fastify'
import type { Clock } from '../../../protocols/clock/clock.ts'
import type { Journal } from '../../../protocols/journal/journal.ts'
import { HttpClient } from '../../common/http-client.ts'
import { RafikiAdmin } from '../../common/rafiki-admin.ts'
import { Service } from '../../common/service.ts'
import type { Random } from '../../common/uuid.ts'
import { adminResolvers } from '../admin/resolvers.ts'
import { adminRoutes } from '../admin/routes.ts'
import { adminSchema } from '../admin/schema.ts'
import { SignatureGate } from '../admin/signature-gate.ts'
import { createBackend } from '../backend/backend.ts'
import { openPaymentsRoutes } from '../backend/open-payments.ts'
import type { WebhookEvent, WebhooksOptions } from '../backend/webhooks.ts'
import { type CardEvent, cardServiceRoutes } from '../card-service/routes.ts'
import { type RafikiParty, settingsOf } from '../config.ts'
import { configFrom } from '../environment.ts'
import { connectorRoutes } from '../ilp/connector.ts'
import { plainServer } from '../plain-server.ts'
import { type CompletionEvent, pointOfSaleRoutes } from '../point-of-sale/routes.ts'
import { WaitMap } from '../wait-map.ts'
import { cardBackend, listCardPayments, posBackend } from './admin-backend.ts'
import { type Role, type RoleVariables, variablesOf } from './environment.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface ProgramParts {
  /** Address to listen on. */
  host: string
  clock: Clock
  random: Random
  journal: Journal
}

/** A program that runs. */
export interface Program {
  close(): Promise<void>
}

type Start = (environment: Environment, parts: ProgramParts) => Promise<Program>

const STARTS: Readonly<Record<Role, Start>> = {
  backend: startBackend,
  auth: startAuth,
  'card-service': startCardService,
  'point-of-sale': startPointOfSale,
}

/**
 * Starts one of Rafiki's programs with the variables of the real one: they meet over HTTP and the Admin API as those do. Throws what is wrong
 * with a variable, and when a port is taken.
 */
export function startProgram(role: Role, environment: Environment, parts: ProgramParts): Promise<Program> {
  return STARTS[role](environment, parts)
}

async function startBackend(environment: Environment, parts: ProgramParts): Promise<Program> {
  const told = variablesOf('backend', environment)
  const party: RafikiParty = `rafiki-${told.INSTANCE_NAME}`
  const settings = settingsOf(configFrom({ ...environment, PARTY: party, HOST: parts.host }, parts))
  const http = client(party, parts)
  const backend = createBackend(
    settings,
    http,
    deliveries(told, party, http, settings.webhookDeliveryTimeoutMs),
  )
  const { tenantId, adminApi, adminApiSignatureTtlMs: ttlMs, clock, ports } = settings
  const schema = adminSchema(adminResolvers(settings, backend))
  const gate = new SignatureGate({ tenantId, secret: adminApi, ttlMs, clock })
  const services = [
    service('Admin API', ports.admin, parts, (app) => adminRoutes(app, schema, gate)),
    service('Open Payments', ports.openPayments, parts, (app) => openPaymentsRoutes(app, settings, backend)),
    service('ILP connector', ports.ilp, parts, (app) => connectorRoutes(app, settings, backend)),
  ]
  return running(services, async () => {
    backend.close()
    await http.close()
  })
}

/** Events for the card service and point-of-sale go over HTTP; who has no such service counts as taking them, as in Rafiki. */
function deliveries(
  told: RoleVariables<'backend'>,
  party: RafikiParty,
  http: HttpClient,
  timeoutMs: number,
): WebhooksOptions['own'] {
  const posting =
    (url: string | undefined) =>
    async (body: WebhookEvent, signature: string): Promise<number> => {
      if (url === undefined) return 200
      const headers = { 'rafiki-signature': signature }
      const { status } = await http.call({ to: party, method: 'POST', url, headers, body, timeoutMs })
      return status
    }
  return {
    cardService: posting(told.CARD_WEBHOOK_SERVICE_URL),
    pointOfSale: posting(told.POS_WEBHOOK_SERVICE_URL),
  }
}

/** Only its health: the embedded Rafiki asks for no grants. */
async function startAuth(environment: Environment, parts: ProgramParts): Promise<Program> {
  const { AUTH_PORT } = variablesOf('auth', environment)
  return running([service('auth server', AUTH_PORT, parts, () => {})])
}

async function startCardService(environment: Environment, parts: ProgramParts): Promise<Program> {
  const told = variablesOf('card-service', environment)
  const http = client('rafiki-customer', parts)
  const backend = cardBackend(adminOf('rafiki-customer', told, http, parts))
  const waiting = new WaitMap<CardEvent>(parts.clock)
  const settings = { cardPaymentTimeoutMs: told.CARD_PAYMENT_TIMEOUT_MS }
  const routes = (app: FastifyInstance) =>
    cardServiceRoutes(app, { settings, backend: () => backend, waiting })
  return running([service('card service', told.CARD_SERVICE_PORT, parts, routes)], async () => {
    waiting.close()
    await http.close()
  })
}

async function startPointOfSale(environment: Environment, parts: ProgramParts): Promise<Program> {
  const told = variablesOf('point-of-sale', environment)
  const party = 'rafiki-merchant'
  const http = client(party, parts)
  const admin = adminOf(party, told, http, parts)
  const waiting = new WaitMap<CompletionEvent>(parts.clock)
  const settings = {
    party,
    clock: parts.clock,
    random: parts.random,
    useHttp: told.USE_HTTP,
    incomingPaymentExpiryMs: told.INCOMING_PAYMENT_EXPIRY_MS,
    webhookTimeoutMs: told.WEBHOOK_TIMEOUT_MS,
    webhookSecret: { secret: told.WEBHOOK_SIGNATURE_SECRET, version: told.WEBHOOK_SIGNATURE_VERSION },
  } as const
  const backend = posBackend(admin)
  const payments = (query: unknown) => listCardPayments(query, admin)
  const routes = (app: FastifyInstance) =>
    pointOfSaleRoutes(app, { settings, backend: () => backend, payments, http, waiting })
  return running([service('point-of-sale', told.PORT, parts, routes)], async () => {
    waiting.close()
    await http.close()
  })
}

function client(from: RafikiParty, { clock, journal }: ProgramParts): HttpClient {
  return new HttpClient({ from, clock, journal })
}

function adminOf(
  to: RafikiParty,
  told: { GRAPHQL_URL: string; TENANT_ID: string; TENANT_SECRET: string; TENANT_SIGNATURE_VERSION: number },
  http: HttpClient,
  { clock }: ProgramParts,
): RafikiAdmin {
  return new RafikiAdmin({
    to,
    url: told.GRAPHQL_URL,
    tenantId: told.TENANT_ID,
    secret: told.TENANT_SECRET,
    version: told.TENANT_SIGNATURE_VERSION,
    clock,
    http,
  })
}

function service(
  name: string,
  port: number,
  { host }: ProgramParts,
  routes: (app: FastifyInstance) => void,
): Service {
  return new Service({ name: `Rafiki's ${name}`, host, port, build: () => plainServer(routes) })
}

async function running(
  services: readonly Service[],
  end: () => Promise<void> = async () => {},
): Promise<Program> {
  const close = async (): Promise<void> => {
    await Promise.all(services.map((one) => one.stop()))
    await end()
  }
  try {
    await Promise.all(services.map((one) => one.start()))
    return { close }
  } catch (error) {
    await close()
    throw error
  }
}
