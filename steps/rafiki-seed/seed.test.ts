import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { systemClock } from '../../protocols/clock/system-clock.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { HttpClient } from '../../simulators/common/http-client.ts'
import { adminOf } from '../bench/admin.ts'
import { type Closer, closeAll } from '../bench/closer.ts'
import { embeddedPlan } from '../bench/embedded-plan.ts'
import { bySide, type Plan, SIDES, type Side } from '../bench/plan.ts'
import { type Admin, findWalletAddress } from '../bench/seeding.ts'
import { startInstance } from '../bench/threads/instance.ts'
import { seedFee } from './fees.ts'
import { loadSeedFixture, type SeedFee } from './fixture.ts'
import { seedSide } from './seed.ts'

const closers: Closer[] = []
let plan: Plan
let admin: Record<Side, Admin>
const fixture = loadSeedFixture()

before(async () => {
  plan = await embeddedPlan()
  for (const side of SIDES)
    await startInstance(side, { plan, clock: systemClock, journal: silentJournal, closers })
  const http = new HttpClient({ from: 'bench', clock: systemClock, journal: silentJournal })
  closers.push(() => http.close())
  admin = bySide((side) => adminOf(side, plan, systemClock, http))
})
after(() => closeAll(closers))

test('a pair gets three assets, two fees, one peer and the wallet addresses of its side; the second time changes nothing', async () => {
  for (const side of SIDES) {
    const changes = await seedSide(side, plan, admin[side], fixture)
    const count = (name: string) => changes.filter((one) => one === name).length
    assert.deepEqual(
      ['CreateAsset', 'DepositAsset', 'SetFee', 'CreatePeer', 'CreateWallet'].map(count),
      [3, 3, 2, 1, 3],
    )
    for (const { path } of fixture.walletAddresses[side])
      assert.ok(await findWalletAddress(admin[side], `https://${plan.walletHost[side]}/${path}`))
    assert.deepEqual(await seedSide(side, plan, admin[side], fixture), [])
  }
})

test('what somebody has taken away is given again, and nothing else', async () => {
  const more = { path: 'fixtures/second', currency: 'KWD', name: 'Second shop' }
  const wanted = { ...fixture.walletAddresses, merchant: [...fixture.walletAddresses.merchant, more] }
  const changes = await seedSide('merchant', plan, admin.merchant, {
    ...fixture,
    walletAddresses: wanted,
  })
  assert.deepEqual(changes, ['CreateWallet'])
})

test('a fee is set when there is none or another, and not when it is the same', async () => {
  const fee: SeedFee = { fixed: 10, basisPoints: 50 }
  for (const [there, mutations] of [
    [null, 1],
    [{ fixed: '10', basisPoints: 49 }, 1],
    [{ fixed: '9', basisPoints: 50 }, 1],
    [{ fixed: '10', basisPoints: 50 }, 0],
  ] as const) {
    const done: unknown[] = []
    const fake: Admin = {
      run: async (query, variables) => {
        if (query.startsWith('mutation')) done.push(variables)
        return { asset: { sendingFee: there } } as never
      },
    }
    await seedFee(fake, 'asset-1', fee)
    const input = { assetId: 'asset-1', type: 'SENDING', fee: { fixed: '10', basisPoints: 50 } }
    assert.deepEqual(done, Array(mutations).fill({ input }))
  }
})
