import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { freePorts } from '../hardware/net/free-ports.ts'
import { systemClock as clock } from '../protocols/clock/system-clock.ts'
import { silentJournal as journal } from '../protocols/journal/journal.ts'
import { HttpClient } from '../simulators/common/http-client.ts'
import { machineRandom as random } from '../simulators/common/machine-random.ts'
import { readTrust } from '../simulators/merchant-ase/terminals/trust-file.ts'
import { manufacture } from '../simulators/pos/device/manufacture.ts'
import { onboard } from '../simulators/pos/onboarding/onboard.ts'
import { rotate } from '../simulators/pos/onboarding/rotate.ts'
import { TrustApi } from '../simulators/pos/onboarding/trust-api.ts'
import { benchFactory, benchTls, CERTIFICATE_VALIDITY, manufacturerOf } from '../steps/bench/certificates.ts'
import { BenchOffice } from '../steps/bench/office.ts'
import { ROOT } from '../steps/bench/places.ts'
import { listening, startProgram } from './testing/rafiki-programs.ts'

const SECRET = 'secret of an office'
const TIMEOUT_MS = 30_000

/** The merchant ASE as a program that onboards terminals; where it is, and what its clients need. */
async function start(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'tb-merchant-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const [posApi = 0, webhooks = 0, officePort = 0, terminals = 0] = await freePorts(4)
  const [tls, factory] = await Promise.all([benchTls(['127.0.0.1']), benchFactory()])
  const file = async (name: string, text: string) => {
    await writeFile(join(folder, name), text, { mode: 0o600 })
    return join(folder, name)
  }
  const trust = join(folder, 'trust.json')
  const env = {
    POS_API_PORT: `${posApi}`,
    WEBHOOK_PORT: `${webhooks}`,
    OFFICE_PORT: `${officePort}`,
    OFFICE_SECRET: SECRET,
    // Nobody pays here.
    RAFIKI_POINT_OF_SALE_URL: 'http://127.0.0.1:1',
    RAFIKI_ADMIN_URL: 'http://127.0.0.1:1/graphql',
    RAFIKI_TENANT_ID: 'tenant',
    RAFIKI_ADMIN_API_SECRET: 'secret',
    RAFIKI_SIGNATURE_SECRET: 'secret',
    TERMINALS_PORT: `${terminals}`,
    TLS_CERT: await file('server.pem', tls.cert),
    TLS_KEY: await file('server.key', tls.key),
    MANUFACTURERS: await file('factory.pem', factory.certificate),
    TRUST_CERTIFICATES: trust,
    HSM_DIRECTORY: join(folder, 'hsm'),
    HSM_SIGNERS: '1',
  }
  await listening(startProgram(t, join(ROOT, 'simulators/merchant-ase/main.ts'), env))
  const http = new HttpClient({ from: 'pos', clock, journal, trustedRoots: [tls.root] })
  t.after(() => http.close())
  const { root } = await readTrust(trust)
  const office = new BenchOffice(http, { url: `http://127.0.0.1:${officePort}`, secret: SECRET })
  const api = new TrustApi({
    ...{ url: `https://127.0.0.1:${terminals}`, http, clock, random },
    timeoutMs: TIMEOUT_MS,
  })
  const makeMerchant = async (id: string) => {
    const headers = { authorization: `Bearer ${SECRET}` }
    const ask = (method: 'POST' | 'PUT', path: string, body: unknown) =>
      http.call({
        ...{ to: 'merchant-ase', method, url: `http://127.0.0.1:${officePort}${path}`, headers, body },
        timeoutMs: TIMEOUT_MS,
      })
    const wallets = [{ walletAddress: 'https://shop.example/eur', assetCode: 'EUR', assetScale: 2 }]
    assert.equal((await ask('POST', '/merchants', { id, name: 'Shop', wallets })).status, 200)
    assert.equal((await ask('PUT', `/merchants/${id}/state`, { state: 'active' })).status, 200)
  }
  return { office, api, root, factory, makeMerchant }
}

test('the merchant ASE as a program of its own onboards a terminal over TLS and gives it keys out of its HSM', async (t) => {
  const { office, api, root, factory, makeMerchant } = await start(t)
  await makeMerchant('shop')
  const device = await manufacture({
    ...{ serial: 'TB1-0001', model: 'TB-1', root, random },
    secrets: { tmk: random(32), storageKey: random(32) },
    manufacturer: manufacturerOf(factory),
    ...CERTIFICATE_VALIDITY,
  })
  const options = { api, clock, random, journal, passes: 2 as const, dukpt: undefined, keep: async () => {} }
  const order = { activationCode: await office.admit(device, 'shop'), signingKind: 'Ed25519' } as const
  assert.deepEqual(await onboard(device, order, options).then(({ done }) => done), true)
  assert.equal((await rotate(device, options)).done, true)
  const [line, ...others] = await office.terminals()
  assert.deepEqual([line?.serial, line?.merchantId, line?.generation], ['TB1-0001', 'shop', 1])
  assert.deepEqual(others, [])
})
