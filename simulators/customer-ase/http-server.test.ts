import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { Agent, request } from 'undici'
import { ManualClock } from '../../protocols/clock/manual-clock.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { testRoot } from '../../protocols/x509/testing/authority.ts'
import { Service } from '../common/service.ts'
import type { DecisionStore } from './decision/decision-store.ts'
import { createHttpServer, type HttpServerParts } from './http-server.ts'
import { readRates } from './rates/rates.ts'

/** A certificate for 127.0.0.1 that is its own root. */
async function identity() {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { certificate } = await testRoot(keys, {
    ...{ notAfter: new Date('2049-01-01'), hosts: ['127.0.0.1'] },
    usages: ['keyCertSign', 'digitalSignature'],
  })
  const key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return { cert: certificate.toString(), key }
}

const PARTS: HttpServerParts = {
  secret: { secret: 'webhook-secret', version: 1 },
  windowMs: 1_000,
  clock: new ManualClock(),
  journal: silentJournal,
  // Nobody asks for decisions here.
  store: {} as DecisionStore,
  rates: readRates(),
  taken: () => undefined,
}

test('an issuer with a certificate speaks TLS, to those who trust it', async (t) => {
  const tls = await identity()
  const build = () => createHttpServer({ ...PARTS, tls })
  const server = new Service({ name: 'the customer ASE', host: '127.0.0.1', port: 0, isTls: true, build })
  await server.start()
  t.after(() => server.stop())
  assert.match(server.url, /^https:/)
  const agent = new Agent({ connect: { ca: tls.cert } })
  t.after(() => agent.close())
  const { statusCode } = await request(`${server.url}/rates?base=EUR`, { dispatcher: agent })
  assert.equal(statusCode, 200)
  await assert.rejects(request(`${server.url}/rates`), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
})
