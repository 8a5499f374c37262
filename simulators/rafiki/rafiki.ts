import type { FastifyInstance } from 'fastify'
import { HttpClient } from '../common/http-client.ts'
import { Service } from '../common/service.ts'
import { adminResolvers } from './admin/resolvers.ts'
import { adminRoutes } from './admin/routes.ts'
import { adminSchema } from './admin/schema.ts'
import { SignatureGate } from './admin/signature-gate.ts'
import { type Backend, createBackend } from './backend/backend.ts'
import { openPaymentsRoutes } from './backend/open-payments.ts'
import type { WebhooksOptions } from './backend/webhooks.ts'
import {
  BackendUnreachable,
  type CardEvent,
  cardServiceRoutes,
  takeCardEvent,
} from './card-service/routes.ts'
import { type RafikiConfig, type ServiceName, type Settings, settingsOf } from './config.ts'
import { Hardening } from './hardening.ts'
import { connectorRoutes } from './ilp/connector.ts'
import { plainServer } from './plain-server.ts'
import { paymentsPage } from './point-of-sale/payments-page.ts'
import { type CompletionEvent, pointOfSaleRoutes, takeCompletion } from './point-of-sale/routes.ts'
import { WaitMap } from './wait-map.ts'

/** A running instance: what an ASE must know of it, and its services, which can be stopped and started one by one. */
export interface Rafiki {
  /** `http://host:port/graphql`. */
  readonly adminUrl: string
  /** Where the host of {@link RafikiConfig.walletAddressHost} really is. */
  readonly openPaymentsUrl: string
  readonly cardServiceUrl: string
  readonly pointOfSaleUrl: string
  /** For the `http.outgoing.endpoint` of the peer's `createPeer`. */
  readonly ilpUrl: string
  readonly services: Record<ServiceName, Service>
  /** Whether it does what is right where it otherwise copies a weakness of Rafiki; it does not unless told to. */
  harden(on: boolean): void
  close(): Promise<void>
}

/** Starts one ASE's Rafiki: backend, card service and point-of-sale. Throws when one of its ports is taken. */
export async function startRafiki(config: RafikiConfig): Promise<Rafiki> {
  const settings = settingsOf(config)
  const { party, clock, journal, hosts } = settings
  const http = new HttpClient({ from: party, clock, journal, hosts })
  const cards = new WaitMap<CardEvent>(clock)
  const sales = new WaitMap<CompletionEvent>(clock)
  const hardening = new Hardening(settings)
  const own: WebhooksOptions['own'] = {
    cardService: (event) => {
      services.cardService.requireOpen()
      return takeCardEvent(event, cards)
    },
    pointOfSale: (event, signature) => {
      services.pointOfSale.requireOpen()
      return takeCompletion(event, signature, { settings, waiting: sales })[0]
    },
  }
  const backend = createBackend(settings, http, own, hardening)
  const services: Record<ServiceName, Service> = servicesOf(settings, backend, http, {
    cards,
    sales,
    hardening,
  })
  const close = async (): Promise<void> => {
    await Promise.all(Object.values(services).map((service) => service.stop()))
    for (const part of [backend, cards, sales]) part.close()
    await http.close()
  }
  await startAll(services, close)
  return {
    adminUrl: `${services.admin.url}/graphql`,
    openPaymentsUrl: services.openPayments.url,
    cardServiceUrl: services.cardService.url,
    pointOfSaleUrl: services.pointOfSale.url,
    ilpUrl: services.ilp.url,
    services,
    harden: (on) => {
      hardening.on = on
    },
    close,
  }
}

async function startAll(services: Record<ServiceName, Service>, close: () => Promise<void>): Promise<void> {
  try {
    await Promise.all(Object.values(services).map((service) => service.start()))
  } catch (error) {
    await close()
    throw error
  }
}

/** What card service and point-of-sale share with what delivers events to them. */
interface Counters {
  cards: WaitMap<CardEvent>
  sales: WaitMap<CompletionEvent>
  hardening: Hardening
}

function servicesOf(
  settings: Settings,
  backend: Backend,
  http: HttpClient,
  { cards, sales, hardening }: Counters,
): Record<ServiceName, Service> {
  const { host, ports, tenantId, adminApi, adminApiSignatureTtlMs, clock } = settings
  const schema = adminSchema(adminResolvers(settings, backend))
  const gate = new SignatureGate({ tenantId, secret: adminApi, ttlMs: adminApiSignatureTtlMs, clock })
  const service = (name: string, port: number, routes: (app: FastifyInstance) => void): Service =>
    new Service({ name: `Rafiki's ${name}`, host, port, build: () => plainServer(routes) })
  // The other services reach the backend in Rafiki through its Admin API: when that port is closed they do not.
  const reach = (): Backend => {
    if (!services.admin.listening) throw new BackendUnreachable('the Admin API is stopped')
    return backend
  }
  const services: Record<ServiceName, Service> = {
    admin: service('Admin API', ports.admin, (app) => adminRoutes(app, schema, gate)),
    openPayments: service('Open Payments', ports.openPayments, (app) =>
      openPaymentsRoutes(app, settings, backend),
    ),
    cardService: service('card service', ports.cardService, (app) =>
      cardServiceRoutes(app, { settings, backend: reach, waiting: cards, hardening }),
    ),
    pointOfSale: service('point-of-sale', ports.pointOfSale, (app) =>
      pointOfSaleRoutes(app, {
        settings,
        backend: reach,
        payments: (query) => paymentsPage(query, reach()),
        http,
        waiting: sales,
        hardening,
      }),
    ),
    ilp: service('ILP connector', ports.ilp, (app) => connectorRoutes(app, settings, backend)),
  }
  return services
}
