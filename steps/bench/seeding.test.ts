import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { systemClock } from '../../protocols/clock/system-clock.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { HttpClient } from '../../simulators/common/http-client.ts'
import type { RafikiAdmin } from '../../simulators/common/rafiki-admin.ts'
import { adminOf } from './admin.ts'
import { type Closer, closeAll } from './closer.ts'
import { embeddedPlan } from './embedded-plan.ts'
import { ConfigurationError } from './profile.ts'
import { type Peering, seedCurrency } from './seeding.ts'
import { startInstance } from './threads/instance.ts'

const FULL = '500000000000'
const STATE =
  'query State($code: String!, $scale: UInt8!) { assetByCodeAndScale(code: $code, scale: $scale) { id liquidity } }'
const PEER =
  'query Peer($staticIlpAddress: String!, $assetId: String!) { peerByAddressAndAsset(staticIlpAddress: $staticIlpAddress, assetId: $assetId) { id liquidity } }'

const closers: Closer[] = []
let admin: RafikiAdmin
let peering: Peering

before(async () => {
  const plan = await embeddedPlan()
  await startInstance('merchant', { plan, clock: systemClock, journal: silentJournal, closers })
  const http = new HttpClient({ from: 'bench', clock: systemClock, journal: silentJournal })
  closers.push(() => http.close())
  admin = adminOf('merchant', plan, systemClock, http)
  peering = { ...plan.ilp.customer, incomingToken: 'in', outgoingToken: 'out' }
})

after(() => closeAll(closers))

interface Funded {
  id: string
  liquidity: string | null
}

async function asset(code: string, scale: number): Promise<Funded | null> {
  return (await admin.run<{ assetByCodeAndScale: Funded | null }>(STATE, { code, scale })).assetByCodeAndScale
}

async function peer(assetId: string): Promise<Funded | null> {
  const variables = { staticIlpAddress: peering.address, assetId }
  return (await admin.run<{ peerByAddressAndAsset: Funded | null }>(PEER, variables)).peerByAddressAndAsset
}

test('seeding twice: the same asset and peer, and no more liquidity', async () => {
  assert.equal(await asset('EUR', 2), null)
  const first = await seedCurrency(admin, 'EUR', peering)
  const peerOnce = await peer(first)
  assert.equal(await seedCurrency(admin, 'EUR', peering), first)
  assert.deepEqual(await asset('EUR', 2), { id: first, liquidity: FULL })
  assert.deepEqual(await peer(first), peerOnce)
  assert.equal(peerOnce?.liquidity, FULL)
})

test('an asset that is there with little left is taken and topped up, at the scale of its currency', async () => {
  const created = await admin.run<{ createAsset: { asset: { id: string } } }>(
    'mutation Create($input: CreateAssetInput!) { createAsset(input: $input) { asset { id } } }',
    { input: { code: 'JPY', scale: 0 } },
  )
  const { id } = created.createAsset.asset
  const deposit = { assetId: id, amount: '10', id: randomUUID(), idempotencyKey: randomUUID() }
  await admin.run(
    'mutation Pay($input: DepositAssetLiquidityInput!) { depositAssetLiquidity(input: $input) { success } }',
    { input: deposit },
  )
  assert.equal(await seedCurrency(admin, 'JPY', peering), id)
  assert.equal((await asset('JPY', 0))?.liquidity, FULL)
})

test('a peer that sends its packets elsewhere is an error that names both places', async () => {
  await seedCurrency(admin, 'EUR', peering)
  const elsewhere = { ...peering, endpoint: 'http://elsewhere.example:3002' }
  await assert.rejects(seedCurrency(admin, 'EUR', elsewhere), (error: Error) => {
    assert.ok(error instanceof ConfigurationError)
    assert.match(
      error.message,
      /take packets at http:\/\/elsewhere\.example:3002 .* sends them to http:\/\/127/,
    )
    return true
  })
})
