import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { after, before, test } from 'node:test'
import { systemClock } from '../../protocols/clock/system-clock.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { HttpClient } from '../../simulators/common/http-client.ts'
import { adminOf } from '../bench/admin.ts'
import { type Closer, closeAll } from '../bench/closer.ts'
import { embeddedPlan } from '../bench/embedded-plan.ts'
import { type Plan, SIDES } from '../bench/plan.ts'
import { createWalletAddress, seedCurrency } from '../bench/seeding.ts'
import { startInstance } from '../bench/threads/instance.ts'
import { rafikiStatus } from './status.ts'
import { SELF_SIGNED } from './testing/self-signed.ts'

const closers: Closer[] = []
let plan: Plan
const fakes = { late: '', old: '', tls: '', broken: '' }

before(async () => {
  plan = await embeddedPlan()
  for (const side of SIDES)
    await startInstance(side, { plan, clock: systemClock, journal: silentJournal, closers })
  await openWallet()
  fakes.late = await serve((_, response) => {
    response.writeHead(200, { date: new Date(Date.now() - 60_000).toUTCString() }).end('OK')
  })
  fakes.broken = await serve((_, response) => void response.writeHead(500).end())
  fakes.old = await serve(refusing('Unknown type "CardDetailsInput".'))
  const answer: RequestListener = (_, response) => void response.end('OK')
  fakes.tls = await listen(createTlsServer(SELF_SIGNED, answer), 'https')
})

after(() => closeAll(closers))

test('a pair as the plan says: everything ready, and only the auth servers were not asked', async () => {
  const services = await rafikiStatus(plan)
  assert.deepEqual(
    services.map(({ service, url, ready, faults }) => [service, url !== null, ready, faults]),
    [
      ["merchant's backend", true, true, []],
      ["merchant's auth server", false, true, []],
      ["merchant's point-of-sale", true, true, []],
      ["customer's backend", true, true, []],
      ["customer's auth server", false, true, []],
      ["customer's card service", true, true, []],
    ],
  )
  const [backend] = services
  assert.ok(Math.abs(backend?.skewMs ?? Number.NaN) < 10_000, `clock ${backend?.skewMs} ms off`)
})

const other = { secret: 'another', version: 1 }

const WRONG: [what: string, change: () => Partial<Plan>, service: string, came: RegExp, mend: RegExp][] = [
  [
    'secret of an Admin API',
    () => ({ adminSecrets: { ...plan.adminSecrets, merchant: other } }),
    "merchant's backend",
    /refused the request/,
    /^correct rafiki\.merchant\.tenantId, .*rafiki\.merchant\.adminApi\.secretVariable .*\.version$/,
  ],
  [
    'version of its signatures',
    () => ({
      adminSecrets: { ...plan.adminSecrets, customer: { ...plan.adminSecrets.customer, version: 2 } },
    }),
    "customer's backend",
    /refused the request/,
    /rafiki\.customer\.adminApi\.version$/,
  ],
  [
    'tenant',
    () => ({ tenant: { ...plan.tenant, customer: '00000000-0000-4000-8000-000000000000' } }),
    "customer's backend",
    /refused the request/,
    /^correct rafiki\.customer\.tenantId/,
  ],
  [
    'path of an Admin API',
    () => ({ adminUrl: { ...plan.adminUrl, merchant: plan.adminUrl.merchant.replace('graphql', 'graph') } }),
    "merchant's backend",
    /got HTTP 40\d$/,
    /^correct rafiki\.merchant\.adminUrl: it ends in \/graphql$/,
  ],
  [
    'secret of webhooks',
    () => ({ webhookSecrets: { ...plan.webhookSecrets, merchant: other } }),
    "merchant's point-of-sale",
    /got 401$/,
    /rafiki\.merchant\.webhooks\.secretVariable .*WEBHOOK_SIGNATURE_SECRET/,
  ],
  [
    'service at the URL of point-of-sale',
    () => ({ pointOfSaleUrl: plan.openPaymentsUrl.merchant }),
    "merchant's point-of-sale",
    /^expected a list of payments from .*, got 404$/,
    /^correct rafiki\.merchant\.pointOfSaleUrl$/,
  ],
  [
    'service at the URL of the card service',
    () => ({ cardServiceUrl: plan.openPaymentsUrl.customer }),
    "customer's card service",
    /^expected 400 from .* to an empty payment, got 404$/,
    /^correct rafiki\.customer\.cardServiceUrl$/,
  ],
  [
    'host of wallet addresses',
    () => ({ walletHost: { ...plan.walletHost, customer: 'elsewhere.example' } }),
    "customer's backend",
    /^expected wallet addresses at elsewhere\.example, Rafiki has https:\/\/wallet\.tapbench\.example\/holder$/,
    /^correct rafiki\.customer\.walletAddressHost, or OPEN_PAYMENTS_URL/,
  ],
  [
    'URL of Open Payments',
    () => ({ openPaymentsUrl: { ...plan.openPaymentsUrl, customer: plan.cardServiceUrl } }),
    "customer's backend",
    /^expected the document of .*\/holder from .*, got 404$/,
    /^correct rafiki\.customer\.openPaymentsUrl$/,
  ],
  [
    'port',
    () => ({ cardServiceUrl: 'http://127.0.0.1:1' }),
    "customer's card service",
    /^expected an answer from http:\/\/127\.0\.0\.1:1\/healthz, got ECONNREFUSED$/,
    /^start it, or correct rafiki\.customer\.cardServiceUrl$/,
  ],
  [
    'certificate',
    () => ({ cardServiceUrl: fakes.tls }),
    "customer's card service",
    /got DEPTH_ZERO_SELF_SIGNED_CERT$/,
    /^set NODE_EXTRA_CA_CERTS/,
  ],
  [
    'scheme',
    () => ({ cardServiceUrl: plan.cardServiceUrl.replace('http:', 'https:') }),
    "customer's card service",
    /^expected an answer from https:.*, got (EPROTO|ERR_SSL\w+)$/,
    /^write http:\/\/ in rafiki\.customer\.cardServiceUrl: there is no TLS$/,
  ],
  [
    'clock',
    () => ({ authUrl: { merchant: fakes.late, customer: null } }),
    "merchant's auth server",
    /^expected its clock to be right, it is \d+ s slow$/,
    /ADMIN_API_SIGNATURE_TTL_SECONDS/,
  ],
  [
    'health',
    () => ({ authUrl: { merchant: null, customer: fakes.broken } }),
    "customer's auth server",
    /\/healthz, got 500$/,
    /^see its log: its database or Redis may be gone$/,
  ],
  [
    'Rafiki, one without card payments',
    () => ({ adminUrl: { ...plan.adminUrl, customer: `${fakes.old}/graphql` } }),
    "customer's backend",
    /it has no CardDetailsInput$/,
    /^run a Rafiki with card support, 2\.4 or newer$/,
  ],
]

for (const [what, change, name, came, mend] of WRONG)
  test(`wrong ${what}: told of the ${name}, with what to correct`, async () => {
    const services = await rafikiStatus({ ...plan, ...change() })
    const status = services.find(({ service }) => service === name)
    assert.equal(status?.ready, false)
    const fits = status.faults.some((fault) => came.test(fault.what) && mend.test(fault.mend))
    assert.ok(fits, JSON.stringify(status.faults))
    const told = status.faults.map(({ what }) => what)
    assert.equal(new Set(told).size, told.length, 'nothing is told twice')
    assert.doesNotMatch(JSON.stringify(services), new RegExp(plan.adminSecrets.merchant.secret.slice(0, 12)))
  })

async function openWallet(): Promise<void> {
  const http = new HttpClient({ from: 'bench', clock: systemClock, journal: silentJournal })
  closers.push(() => http.close())
  const admin = adminOf('customer', plan, systemClock, http)
  const tokens = { incomingToken: plan.peerTokens.merchant, outgoingToken: plan.peerTokens.customer }
  const assetId = await seedCurrency(admin, 'EUR', { ...plan.ilp.merchant, ...tokens })
  await createWalletAddress(admin, {
    url: `https://${plan.walletHost.customer}/holder`,
    assetId,
    publicName: 'x',
  })
}

/** A backend whose health is good, and whose Admin API refuses everything with these words. */
function refusing(message: string): RequestListener {
  const body = JSON.stringify({ errors: [{ message, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] })
  return ({ url }, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(url === '/healthz' ? 'OK' : body)
  }
}

function serve(answer: RequestListener): Promise<string> {
  return listen(createServer(answer), 'http')
}

async function listen(server: Server, scheme: string): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => void server.close())
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`
}
