import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { parse, stringify } from 'yaml'
import { freePorts } from '../../hardware/net/free-ports.ts'
import { ROOT } from '../../steps/bench/places.ts'
import { tapbench } from '../testing/command.ts'
import {
  listening,
  type RafikiPrograms,
  startProgram,
  startRafikiPrograms,
} from '../testing/rafiki-programs.ts'

const WALLET = 'https://shop.example/fixtures/eur'
const PROGRAM = join(ROOT, 'simulators/merchant-ase/main.ts')

/** A merchant ASE that somebody else runs, with one merchant and one terminal; gives the socket of the profile. */
async function startMerchantAse(t: TestContext, folder: string, { profile, env }: RafikiPrograms) {
  const [posApi = 0] = await freePorts(1)
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const keyFile = join(folder, 'terminal.pem')
  await writeFile(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  const merchants = join(folder, 'merchants.yaml')
  const wallets = [{ walletAddress: WALLET, assetCode: 'EUR', assetScale: 2 }]
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const listed = {
    merchants: [{ id: 'vendor-shop', name: 'Shop', wallets }],
    terminals: [{ id: 'vendor-pos-1', merchantId: 'vendor-shop', publicKey: pem }],
  }
  await writeFile(merchants, stringify(listed))
  const { merchant, customer } = parse(profile).rafiki
  const program = startProgram(t, PROGRAM, {
    POS_API_PORT: `${posApi}`,
    WEBHOOK_PORT: `${merchant.ase.port}`,
    RAFIKI_POINT_OF_SALE_URL: merchant.pointOfSaleUrl,
    RAFIKI_ADMIN_URL: merchant.adminUrl,
    RAFIKI_TENANT_ID: merchant.tenantId,
    RAFIKI_ADMIN_API_SECRET: env.TAPBENCH_MERCHANT_ADMIN_API_SECRET ?? '',
    RAFIKI_SIGNATURE_SECRET: env.TAPBENCH_MERCHANT_WEBHOOK_SECRET ?? '',
    HOSTS: `wallet.example=${customer.openPaymentsUrl} shop.example=${merchant.openPaymentsUrl}`,
    MERCHANTS: merchants,
  })
  await listening(program)
  return {
    socket: 'external',
    posApiUrl: `http://127.0.0.1:${posApi}`,
    merchant: { id: 'vendor-shop', walletAddress: WALLET, currency: 'EUR' },
    terminal: { id: 'vendor-pos-1', keyFile },
  }
}

test('the POS API of somebody else, as a program of its own beside a pair that runs already', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tb-vendor-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const pair = await startRafikiPrograms(t)
  const { env } = pair
  const path = join(folder, 'vendor.yaml')
  await writeFile(path, pair.profile)
  const seeded = await tapbench(t, ['rafiki', 'seed', '--profile', path], { env })
  assert.equal(seeded.code, 0, seeded.stderr)
  const merchantAse = await startMerchantAse(t, folder, pair)
  const profile = { ...parse(pair.profile), merchantAse }
  await writeFile(path, stringify(profile))

  await t.test('a tap is approved there', async (t) => {
    const args = ['tap', '--json', '--transport', 'loopback', '--profile', path]
    const { code, stdout, stderr } = await tapbench(t, args, { env })
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' }, stdout)
    assert.equal(JSON.parse(stdout).outcome, 'Approved')
  })

  await t.test('scenarios run on it, and those that need control over it are skipped', async (t) => {
    const features = [
      'features/payment/approved.feature',
      'features/payment/declined.feature',
      'features/onboarding/payments.feature',
    ]
    const name = '^(three taps of one card|not enough balance|a merchant who is suspended|.*onboarded)'
    const report = ['--transport', 'loopback', '--report', join(folder, 'report')]
    const { code, stdout, stderr } = await tapbench(
      t,
      ['run', ...features, '--name', name, '--profile', path, ...report],
      { env },
    )
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' }, stdout)
    assert.match(stdout, /scenarios \(\d+ skipped, 2 passed\)|scenarios \(2 passed, \d+ skipped\)/)
  })

  await t.test('a key that is none: exit code 2, naming the key of the profile', async (t) => {
    const terminal = { ...merchantAse.terminal, keyFile: join(folder, 'nowhere.pem') }
    const wrong = join(folder, 'wrong.yaml')
    await writeFile(wrong, stringify({ ...profile, merchantAse: { ...merchantAse, terminal } }))
    const { code, stderr } = await tapbench(t, ['tap', '--transport', 'loopback', '--profile', wrong], {
      env,
    })
    assert.equal(code, 2)
    assert.match(stderr, /expected merchantAse\.terminal\.keyFile to be a file/)
  })
})
