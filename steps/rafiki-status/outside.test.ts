import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { recordWith } from '../../simulators/card/testing/issue.ts'
import { benchFactory } from '../bench/certificates.ts'
import { type Closer, closeAll } from '../bench/closer.ts'
import { embeddedPlan } from '../bench/embedded-plan.ts'
import type { ExternalIssuer } from '../bench/issuer/schema.ts'
import type { ExternalPosApi } from '../bench/pos-api-schema.ts'
import type { Asking } from './checks.ts'
import { Fault } from './fault.ts'
import { issuerChecks } from './issuer-checks.ts'
import { posApiChecks } from './pos-api-checks.ts'
import { SELF_SIGNED } from './testing/self-signed.ts'

const closers: Closer[] = []
let folder: string
let asking: Asking
/** An issuer and a POS API that are as they must be, and one that says yes to everything; the same over TLS. */
const at = { sound: '', careless: '', tls: '' }

const SOUND: Readonly<Record<string, readonly [status: number, body: string]>> = {
  '/webhooks': [401, '{}'],
  '/rates?base=EUR': [200, '{"base":"EUR","rates":{}}'],
  '/decisions': [404, '{}'],
  '/payments': [401, '{}'],
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tb-outside-status-'))
  await writeFile(join(folder, 'card.json'), JSON.stringify(recordWith()))
  const { privateKey } = generateKeyPairSync('ed25519')
  await writeFile(join(folder, 'terminal.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
  await writeFile(join(folder, 'root.pem'), SELF_SIGNED.cert)
  await writeFile(join(folder, 'another.pem'), (await benchFactory()).certificate)
  const sound: RequestListener = ({ url = '' }, response) => {
    const [status, body] = SOUND[url] ?? [404, '{}']
    response.writeHead(status).end(body)
  }
  at.sound = await listen(createServer(sound), 'http')
  at.careless = await listen(
    createServer((_, response) => void response.end('{}')),
    'http',
  )
  at.tls = await listen(createTlsServer(SELF_SIGNED, sound), 'https')
  const known = { run: async () => ({ walletAddressByUrl: { id: 'wallet-1' } }) }
  const nobody = { run: async () => ({ walletAddressByUrl: null }) }
  asking = { plan: await embeddedPlan(), admin: { merchant: nobody, customer: known } } as unknown as Asking
})
after(async () => {
  await closeAll(closers)
  await rm(folder, { recursive: true, force: true })
})

function issuer(change: Partial<ExternalIssuer> = {}): ExternalIssuer {
  return {
    socket: 'external',
    webhookUrl: `${at.sound}/webhooks`,
    ratesUrl: `${at.sound}/rates`,
    decisionsUrl: `${at.sound}/decisions`,
    cards: { records: folder, transportKey: '00'.repeat(16) },
    ...change,
  }
}

function posApi(change: Partial<ExternalPosApi> = {}): ExternalPosApi {
  return {
    socket: 'external',
    posApiUrl: at.sound,
    trustedRoots: null,
    merchant: { id: 'shop', walletAddress: 'https://shop.example/shop', currency: 'EUR' },
    terminal: { id: 'till-1', keyFile: join(folder, 'terminal.pem') },
    ...change,
  }
}

test('an issuer and a POS API as they must be', async () => {
  const words = await Promise.all(issuerChecks(issuer()).map((check) => check(asking)))
  assert.deepEqual(words, [
    'refuses events that are not signed',
    'tells exchange rates',
    'tells of its decisions',
    'cards handed over: 1',
  ])
  assert.deepEqual(await Promise.all(posApiChecks(posApi()).map((check) => check(asking))), [
    'refuses payments that are not signed',
  ])
})

test('an issuer that tells nothing, and whose cards are in a reader', async () => {
  const checks = issuerChecks(issuer({ decisionsUrl: null, cards: null }))
  const words = await Promise.all(checks.map((check) => check(asking)))
  assert.deepEqual(words.slice(2), ['does not tell why it refuses', 'has handed over no cards'])
})

const WRONG: [what: string, change: () => Partial<ExternalIssuer>, came: RegExp, mend: RegExp][] = [
  [
    'believes whoever posts',
    () => ({ webhookUrl: at.careless }),
    /to refuse an event without a signature, got 200$/,
    /^let the issuer check Rafiki-Signature of every event$/,
  ],
  [
    'is elsewhere',
    () => ({ webhookUrl: `${at.sound}/other` }),
    /got 404$/,
    /^correct customerAse\.webhookUrl: it is WEBHOOK_URL of the customer's backend$/,
  ],
  [
    'is nowhere',
    () => ({ webhookUrl: 'http://127.0.0.1:1' }),
    /ECONNREFUSED$/,
    /^start it, or correct customerAse\.webhookUrl$/,
  ],
  [
    'has the certificate of an authority that is not known',
    () => ({ webhookUrl: `${at.tls}/webhooks` }),
    /SELF_SIGNED_CERT$/,
    /^set NODE_EXTRA_CA_CERTS /,
  ],
  [
    'has no rates',
    () => ({ ratesUrl: `${at.sound}/other` }),
    /^expected exchange rates from .*, got 404$/,
    /^correct customerAse\.ratesUrl: it is EXCHANGE_RATES_URL of both backends$/,
  ],
  [
    'tells of decisions that it has not made',
    () => ({ decisionsUrl: at.careless }),
    /about a payment that it was never asked for, got 200$/,
    /^correct customerAse\.decisionsUrl, or set it to null$/,
  ],
]

for (const [what, change, came, mend] of WRONG)
  test(`an issuer that ${what}: what came, and what to correct`, async () => {
    const [fault, ...others] = await faults(issuer(change()))
    assert.match(fault?.message ?? '', came)
    assert.match(fault?.mend ?? '', mend)
    assert.equal(others.length, 0)
  })

test("a card whose wallet address the customer's Rafiki does not know", async () => {
  const { admin } = asking
  const [fault] = await faults(issuer(), { ...asking, admin: { ...admin, customer: admin.merchant } })
  assert.match(fault?.message ?? '', /to know https:\/\/wallet\.tapbench\.example\/alice of .*card\.json/)
})

test('a POS API whose root is the one that the profile names, another one, or none', async () => {
  const checkOf = (trustedRoots: string | null) => {
    const [check] = posApiChecks(posApi({ posApiUrl: at.tls, trustedRoots }))
    return check?.(asking)
  }
  assert.equal(await checkOf(join(folder, 'root.pem')), 'refuses payments that are not signed')
  await assert.rejects(async () => checkOf(null), { mend: /^set NODE_EXTRA_CA_CERTS / })
  await assert.rejects(async () => checkOf(join(folder, 'another.pem')), {
    mend: /^correct merchantAse\.trustedRoots: /,
  })
})

test('a POS API that takes whatever comes', async () => {
  const [check] = posApiChecks(posApi({ posApiUrl: at.careless }))
  await assert.rejects(async () => check?.(asking), { mend: /^let the POS API check the signature/ })
})

/** What is wrong with an issuer. */
async function faults(settings: ExternalIssuer, asked = asking): Promise<Fault[]> {
  const found = issuerChecks(settings).map((check) =>
    check(asked).then(
      () => null,
      (error) => error,
    ),
  )
  return (await Promise.all(found)).filter((fault) => fault instanceof Fault)
}

async function listen(server: Server, scheme: string): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => void server.close())
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`
}
