import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type Hsm, openHsm } from '../../hardware/hsm/hsm.ts'
import { createPrivateToken, type Token } from '../../hardware/hsm/token.ts'
import { freePorts } from '../../hardware/net/free-ports.ts'
import type { Clock } from '../../protocols/clock/clock.ts'
import type { Journal } from '../../protocols/journal/journal.ts'
import { type Hosts, HttpClient } from '../../simulators/common/http-client.ts'
import { RafikiAdmin } from '../../simulators/common/rafiki-admin.ts'
import { type CustomerAse, startCustomerAse } from '../../simulators/customer-ase/customer-ase.ts'
import { type MerchantAse, startMerchantAse } from '../../simulators/merchant-ase/merchant-ase.ts'
import { type Rafiki, startRafiki } from '../../simulators/rafiki/rafiki.ts'
import { type Closer, closeAll, closing, settleAll } from './closer.ts'
import type { Profile } from './profile.ts'
import { type Peering, seedCurrency } from './seeding.ts'

/** Hosts of the wallet addresses; where they really are is each bench's own business. */
export const WALLET_HOST = 'wallet.tapbench.example'
export const SHOP_HOST = 'shop.tapbench.example'

const TENANT = 'cf5fd7d3-1eb1-4041-8e43-ba45747e9e5d'
const TRANSPORT_KEY = 'card-transport'
const SIDES = ['merchant', 'customer'] as const
export type Side = (typeof SIDES)[number]

/** Everything behind the terminal: the HSM, both ASEs, both Rafikis. */
export interface Services {
  hsm: Hsm
  token: Token
  merchantAse: MerchantAse
  customerAse: CustomerAse
  rafiki: Record<Side, Rafiki>
  admin: Record<Side, RafikiAdmin>
  /** What each Rafiki signs its webhooks with. */
  webhookSecrets: Record<Side, { secret: string; version: number }>
  /** Rafiki's ids of the assets, by currency. */
  assets: Record<Side, Record<string, string>>
  /** 16 bytes, under which card keys travel from the issuer to the card. */
  transportKey: Uint8Array
  close(): Promise<void>
}

export interface ServiceOptions {
  profile: Profile
  /** For tokens and databases; the bench's own. */
  directory: string
  clock: Clock
  journal: Journal
}

/** Starts the HSM and an issuer who can make cards, with no Rafiki behind it: enough to personalise. */
export async function startIssuer(
  options: ServiceOptions,
  plan: Plan,
  closers: Closer[],
): Promise<Pick<Services, 'hsm' | 'token' | 'customerAse' | 'transportKey'>> {
  const { profile, directory, clock, journal } = options
  const token = await createPrivateToken({ directory: join(directory, 'token'), module: moduleOf(profile) })
  closers.push(() => token.close())
  const hsm = await openHsm({ token, signers: profile.hsm.signers, journal })
  closers.push(() => hsm.close())
  const transportKey = new Uint8Array(randomBytes(16))
  await hsm.importTransportKey(TRANSPORT_KEY, transportKey)
  const customerAse = await startCustomerAse({
    port: plan.ports.customerAse,
    database: { url: profile.database.url ?? undefined, directory: join(directory, 'customer-ase') },
    rafiki: { adminUrl: plan.adminUrl.customer, tenantId: TENANT, ...plan.adminSecrets.customer },
    webhooks: plan.webhookSecrets.customer,
    keys: hsm,
    transportKey: TRANSPORT_KEY,
    clock,
    journal,
    random,
    hosts: plan.hosts,
  })
  closers.push(() => customerAse.close())
  return { hsm, token, customerAse, transportKey }
}

/** Starts all services of a profile, and seeds both Rafikis. What was started is closed again when something does not start. */
export async function startServices(options: ServiceOptions): Promise<Services> {
  const closers: Closer[] = []
  const close = () => closeAll(closers)
  try {
    const plan = await makePlan()
    const [issuer, merchantAse, merchant, customer] = await settleAll([
      startIssuer(options, plan, closers),
      startMerchant(options, plan, closers),
      startInstance('merchant', options, plan, closers),
      startInstance('customer', options, plan, closers),
    ])
    const admin = {
      merchant: adminOf('merchant', options, plan, closers),
      customer: adminOf('customer', options, plan, closers),
    }
    const [merchantAssets, customerAssets] = await Promise.all(
      SIDES.map((side) => seed(admin[side], side, options.profile.currencies, plan)),
    )
    return {
      ...issuer,
      merchantAse,
      rafiki: { merchant, customer },
      admin,
      webhookSecrets: plan.webhookSecrets,
      assets: { merchant: merchantAssets ?? {}, customer: customerAssets ?? {} },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Which port, URL and secret everybody will have: they must know each other before they start. */
type Plan = Awaited<ReturnType<typeof makePlan>>
export async function makePlan() {
  const found = await freePorts(13)
  const next = () => found.pop() ?? 0
  const instance = () => ({
    admin: next(),
    openPayments: next(),
    cardService: next(),
    pointOfSale: next(),
    ilp: next(),
  })
  const ports = {
    merchant: instance(),
    customer: instance(),
    customerAse: next(),
    posApi: next(),
    merchantWebhooks: next(),
  }
  const secret = () => ({ secret: randomBytes(32).toString('base64'), version: 1 })
  const hosts: Hosts = {
    [SHOP_HOST]: `http://127.0.0.1:${ports.merchant.openPayments}`,
    [WALLET_HOST]: `http://127.0.0.1:${ports.customer.openPayments}`,
  }
  return {
    ports,
    hosts,
    adminUrl: bySide((side) => `http://127.0.0.1:${ports[side].admin}/graphql`),
    adminSecrets: bySide(secret),
    webhookSecrets: bySide(secret),
    peerTokens: bySide(() => randomBytes(16).toString('hex')),
  }
}

const ILP_ADDRESS = { merchant: 'test.tapbench.shop', customer: 'test.tapbench.wallet' }
const OTHER = { merchant: 'customer', customer: 'merchant' } as const

function startInstance(
  side: Side,
  { clock, journal }: ServiceOptions,
  plan: Plan,
  closers: Closer[],
): Promise<Rafiki> {
  const ase = `http://127.0.0.1:${plan.ports.customerAse}`
  const webhooks = {
    merchant: `http://127.0.0.1:${plan.ports.merchantWebhooks}/webhooks`,
    customer: `${ase}/webhooks`,
  }
  return closing(
    closers,
    startRafiki({
      party: `rafiki-${side}`,
      ports: plan.ports[side],
      tenantId: TENANT,
      adminApiSecret: plan.adminSecrets[side].secret,
      signatureSecret: plan.webhookSecrets[side].secret,
      webhookUrl: webhooks[side],
      exchangeRatesUrl: `${ase}/rates`,
      walletAddressHost: { merchant: SHOP_HOST, customer: WALLET_HOST }[side],
      ilpAddress: ILP_ADDRESS[side],
      hosts: plan.hosts,
      clock,
      journal,
      random,
    }),
  )
}

function startMerchant(
  { profile, directory, clock, journal }: ServiceOptions,
  plan: Plan,
  closers: Closer[],
): Promise<MerchantAse> {
  return closing(
    closers,
    startMerchantAse({
      ports: { posApi: plan.ports.posApi, webhooks: plan.ports.merchantWebhooks },
      database: {
        url: profile.database.url ?? undefined,
        directory: join(directory, 'merchant-ase'),
        schema: 'merchant_ase',
      },
      rafiki: {
        pointOfSaleUrl: `http://127.0.0.1:${plan.ports.merchant.pointOfSale}`,
        adminUrl: plan.adminUrl.merchant,
        tenantId: TENANT,
        adminApiSecret: plan.adminSecrets.merchant.secret,
        adminApiSignatureVersion: plan.adminSecrets.merchant.version,
        webhookSecret: plan.webhookSecrets.merchant.secret,
        webhookSignatureVersion: plan.webhookSecrets.merchant.version,
      },
      hosts: plan.hosts,
      clock,
      journal,
    }),
  )
}

function adminOf(side: Side, { clock, journal }: ServiceOptions, plan: Plan, closers: Closer[]): RafikiAdmin {
  const http = new HttpClient({ from: 'bench', clock, journal })
  closers.push(() => http.close())
  return new RafikiAdmin({
    to: `rafiki-${side}`,
    url: plan.adminUrl[side],
    tenantId: TENANT,
    ...plan.adminSecrets[side],
    clock,
    http,
  })
}

async function seed(
  admin: RafikiAdmin,
  side: Side,
  currencies: readonly string[],
  plan: Plan,
): Promise<Record<string, string>> {
  const other = OTHER[side]
  const peering: Peering = {
    ilpAddress: ILP_ADDRESS[other],
    endpoint: `http://127.0.0.1:${plan.ports[other].ilp}`,
    incomingToken: plan.peerTokens[other],
    outgoingToken: plan.peerTokens[side],
  }
  const ids = currencies.map(async (code) => [code, await seedCurrency(admin, code, peering)] as const)
  return Object.fromEntries(await Promise.all(ids))
}

function moduleOf(profile: Profile): string | undefined {
  return profile.hsm.module === 'softhsm2' ? undefined : profile.hsm.module
}

function bySide<Value>(make: (side: Side) => Value): Record<Side, Value> {
  return { merchant: make('merchant'), customer: make('customer') }
}

function random(length: number): Uint8Array {
  return new Uint8Array(randomBytes(length))
}
