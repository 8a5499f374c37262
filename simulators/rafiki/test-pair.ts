// A merchant's and a customer's instance with stub ASEs, for the tests of this folder.

import { randomBytes } from 'node:crypto'
import fastify, { type FastifyInstance } from 'fastify'
import { freePorts } from '../../hardware/net/free-ports.ts'
import type { Clock } from '../../protocols/clock/clock.ts'
import type { JournalEvent } from '../../protocols/journal/journal.ts'
import { type RafikiSignatureVerdict, verifyRafiki } from '../../protocols/signatures/rafiki.ts'
import { type HttpAnswer, HttpClient } from '../common/http-client.ts'
import { RafikiAdmin } from '../common/rafiki-admin.ts'
import type { RafikiConfig, RafikiParty, ServiceName } from './config.ts'
import { type Rafiki, startRafiki } from './rafiki.ts'

export const TENANT = 'cf5fd7d3-1eb1-4041-8e43-ba45747e9e5d'
export const SECRETS = {
  'rafiki-merchant': { admin: 'merchant-admin-secret', webhooks: 'merchant-webhook-secret' },
  'rafiki-customer': { admin: 'customer-admin-secret', webhooks: 'customer-webhook-secret' },
} as const
export const ALICE = 'https://wallet.test.example/alice'
export const SHOP = 'https://shop.test.example/shop'

export interface Webhook {
  id: string
  type: string
  data: Record<string, unknown> & { id: string }
}

type OnWebhook = (webhook: Webhook, side: Side) => number | Promise<number>

/** One ASE that answers rates and takes webhooks as the test says, and its Rafiki. */
export interface Side {
  rafiki: Rafiki
  admin: RafikiAdmin
  config: RafikiConfig
  webhooks: Webhook[]
  signatures: RafikiSignatureVerdict[]
  rates: Record<string, number>
  /** Decides the status of the answer to a webhook; may act first. */
  onWebhook: OnWebhook
  assetId: string
  walletAddressId: string
  peerId: string
}

export interface Pair {
  merchant: Side
  customer: Side
  http: HttpClient
  events: JournalEvent[]
  clock: Clock
  pay(changes?: Record<string, unknown>): Promise<HttpAnswer>
  close(): Promise<void>
}

export interface PairOptions {
  clock: Clock
  currency?: Record<'merchant' | 'customer', { code: string; scale: number }>
  overrides?: Partial<RafikiConfig>
  silent?: boolean
}

const EURO = { code: 'EUR', scale: 2 }
const SERVICES: ServiceName[] = ['admin', 'openPayments', 'cardService', 'pointOfSale', 'ilp']

export async function startPair({ clock, currency, overrides, silent }: PairOptions): Promise<Pair> {
  const { merchant: taken, customer: own } = currency ?? { merchant: EURO, customer: EURO }
  const events: JournalEvent[] = []
  const journal = { record: (event: JournalEvent) => void (silent || events.push(event)) }
  const http = new HttpClient({ from: 'bench', clock, journal })
  const closers: (() => Promise<unknown>)[] = [() => http.close()]
  const close = async (): Promise<void> => {
    for (const end of closers.reverse()) await end()
  }
  const random = (length: number): Uint8Array => randomBytes(length)
  try {
    const base = { clock, journal, random, ...overrides }
    const [merchant, customer] = await startSides({ base, http, closers })
    await furnish(merchant, customer, { key: 'm', currency: taken, peering: own, address: SHOP })
    await furnish(customer, merchant, { key: 'c', currency: own, peering: own, address: ALICE })
    customer.onWebhook = fund
    const url = `${merchant.rafiki.pointOfSaleUrl}/payment`
    const pay = (changes: Record<string, unknown> = {}): Promise<HttpAnswer> => {
      const body = { ...request(taken, clock), ...changes }
      return within(http.call({ to: 'rafiki-merchant', method: 'POST', url, body, timeoutMs: 300_000 }))
    }
    return { merchant, customer, http, events, clock, pay, close }
  } catch (error) {
    await close()
    throw error
  }
}

interface Common {
  base: Pick<RafikiConfig, 'clock' | 'journal' | 'random'>
  http: HttpClient
  closers: (() => Promise<unknown>)[]
}

async function startSides(common: Common): Promise<[merchant: Side, customer: Side]> {
  const [merchantAse = 0, customerAse = 0, ...rest] = await freePorts(2 + 2 * SERVICES.length)
  const merchant = portsOf(rest.slice(0, SERVICES.length))
  const customer = portsOf(rest.slice(SERVICES.length))
  const hosts = {
    'shop.test.example': `http://127.0.0.1:${merchant.openPayments}`,
    'wallet.test.example': `http://127.0.0.1:${customer.openPayments}`,
  }
  return [
    await startSide(common, {
      party: 'rafiki-merchant',
      ports: merchant,
      hosts,
      walletAddressHost: 'shop.test.example',
      ilpAddress: 'test.shop',
      asePort: merchantAse,
    }),
    await startSide(common, {
      party: 'rafiki-customer',
      ports: customer,
      hosts,
      walletAddressHost: 'wallet.test.example',
      ilpAddress: 'test.wallet',
      asePort: customerAse,
    }),
  ]
}

function portsOf(free: number[]): Record<ServiceName, number> {
  const entries = SERVICES.map((name, index) => [name, free[index] ?? 0] as const)
  return Object.fromEntries(entries) as Record<ServiceName, number>
}

function request({ code, scale }: { code: string; scale: number }, clock: Clock): Record<string, unknown> {
  return {
    signature: '0011223344556677',
    payload: `77${'AB'.repeat(160)}`,
    amount: { value: '500', assetCode: code, assetScale: scale },
    senderWalletAddress: ALICE,
    receiverWalletAddress: SHOP,
    timestamp: clock.now(),
  }
}

type SideOptions = Pick<RafikiConfig, 'party' | 'ports' | 'hosts' | 'walletAddressHost' | 'ilpAddress'> & {
  asePort: number
}

async function startSide({ base, http, closers }: Common, { asePort, ...own }: SideOptions): Promise<Side> {
  const { party } = own
  const config: RafikiConfig = {
    ...base,
    ...own,
    tenantId: TENANT,
    adminApiSecret: SECRETS[party].admin,
    signatureSecret: SECRETS[party].webhooks,
    webhookUrl: `http://127.0.0.1:${asePort}/webhooks`,
    exchangeRatesUrl: `http://127.0.0.1:${asePort}/rates`,
  }
  const rafiki = await startRafiki(config)
  closers.push(() => rafiki.close())
  const side: Side = {
    rafiki,
    admin: adminOf(config, rafiki, http),
    config,
    webhooks: [],
    signatures: [],
    rates: {},
    onWebhook: () => 200,
    assetId: '',
    walletAddressId: '',
    peerId: '',
  }
  const ase = stubAse(side, party)
  await ase.listen({ host: '127.0.0.1', port: asePort })
  closers.push(() => ase.close())
  return side
}

function adminOf(
  { party, clock, adminApiSecret }: RafikiConfig,
  { adminUrl }: Rafiki,
  http: HttpClient,
): RafikiAdmin {
  return new RafikiAdmin({
    to: party,
    url: adminUrl,
    tenantId: TENANT,
    secret: adminApiSecret,
    version: 1,
    clock,
    http,
  })
}

function stubAse(side: Side, party: RafikiParty): FastifyInstance {
  const ase = fastify({ forceCloseConnections: true })
  ase.get<{ Querystring: { base: string } }>('/rates', async (request) => ({
    base: request.query.base,
    rates: side.rates,
  }))
  ase.post('/webhooks', async (request, reply) => {
    const webhook = request.body as Webhook
    const secret = { secret: SECRETS[party].webhooks, version: 1 }
    side.webhooks.push(webhook)
    side.signatures.push(verifyRafiki(webhook, String(request.headers['rafiki-signature']), secret))
    return reply.code(await side.onWebhook(webhook, side)).send()
  })
  return ase
}

/** What an issuer that trusts everybody does: answers first, then funds. */
export function fund(webhook: Webhook, side: Side): number {
  if (webhook.type === 'outgoing_payment.created') void deposit(webhook.data.id, side)
  return 200
}

export async function deposit(outgoingPaymentId: string, { admin }: Side): Promise<void> {
  const input = { outgoingPaymentId, idempotencyKey: outgoingPaymentId }
  await admin.run(DEPOSIT, { input })
}

export const DEPOSIT = `mutation Deposit($input: DepositOutgoingPaymentLiquidityInput!) {
  depositOutgoingPaymentLiquidity(input: $input) { success }
}`
export const CANCEL = `mutation Cancel($input: CancelOutgoingPaymentInput!) {
  cancelOutgoingPayment(input: $input) { payment { id state metadata } }
}`
export const OUTGOING = `query ($id: String!) { outgoingPayment(id: $id) {
  id state error receiver stateAttempts liquidity debitAmount { value } sentAmount { value } receiveAmount { value assetCode }
} }`

interface Currency {
  code: string
  scale: number
}

interface Furniture {
  key: 'm' | 'c'
  currency: Currency
  /** What the two connectors count in. */
  peering: Currency
  address: string
}

async function furnish(
  side: Side,
  other: Side,
  { key, currency, peering, address }: Furniture,
): Promise<void> {
  side.assetId = await createAsset(side, currency)
  const peeringId = currency.code === peering.code ? side.assetId : await createAsset(side, peering)
  side.peerId = await createPeer(side, other, key, peeringId)
  side.walletAddressId = await createWalletAddress(side, key, address)
}

async function createAsset({ admin }: Side, currency: Currency): Promise<string> {
  const { createAsset } = await admin.run<{ createAsset: { asset: { id: string } } }>(
    'mutation ($input: CreateAssetInput!) { createAsset(input: $input) { asset { id } } }',
    { input: currency },
  )
  const { id: assetId } = createAsset.asset
  await admin.run(
    'mutation ($input: DepositAssetLiquidityInput!) { depositAssetLiquidity(input: $input) { success } }',
    { input: { assetId, amount: '1000000000', id: assetId, idempotencyKey: assetId } },
  )
  return assetId
}

async function createPeer({ admin }: Side, other: Side, key: 'm' | 'c', assetId: string): Promise<string> {
  const http = {
    incoming: { authTokens: [`to-${key}`] },
    outgoing: { authToken: `to-${key === 'm' ? 'c' : 'm'}`, endpoint: other.rafiki.ilpUrl },
  }
  const { createPeer } = await admin.run<{ createPeer: { peer: { id: string } } }>(
    'mutation ($input: CreatePeerInput!) { createPeer(input: $input) { peer { id } } }',
    { input: { assetId, staticIlpAddress: other.config.ilpAddress, http } },
  )
  const { id: peerId } = createPeer.peer
  await admin.run(
    'mutation ($input: DepositPeerLiquidityInput!) { depositPeerLiquidity(input: $input) { success } }',
    { input: { peerId, amount: '1000000000', id: peerId, idempotencyKey: peerId } },
  )
  return peerId
}

async function createWalletAddress(
  { admin, assetId }: Side,
  publicName: string,
  address: string,
): Promise<string> {
  const additionalProperties = [
    { key: 'cardDecisions', value: 'http://ase.test.example/card-decisions', visibleInOpenPayments: true },
    { key: 'branch', value: '7', visibleInOpenPayments: false },
  ]
  const { createWalletAddress } = await admin.run<{ createWalletAddress: { walletAddress: { id: string } } }>(
    'mutation ($input: CreateWalletAddressInput!) { createWalletAddress(input: $input) { walletAddress { id } } }',
    { input: { assetId, address, publicName, additionalProperties } },
  )
  return createWalletAddress.walletAddress.id
}

const PATIENCE_MS = 10_000

/** A promise that a broken test would leave pending fails on the machine's own time. */
async function within<Result>(promise: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`expected an end within ${PATIENCE_MS} ms`)), PATIENCE_MS)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

/** Polls, on the machine's own time, until `check` holds; fails after `patienceMs`. */
export async function eventually(check: () => boolean, what: string, patienceMs = 5_000): Promise<void> {
  const end = performance.now() + patienceMs
  while (!check()) {
    if (performance.now() > end) throw new Error(`expected, in ${patienceMs} ms: ${what}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
