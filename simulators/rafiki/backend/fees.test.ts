import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { ManualClock } from '../../../protocols/clock/manual-clock.ts'
import { Assets } from './assets.ts'
import { type Fee, Fees, feeOn, withFee } from './fees.ts'

const random = (length: number): Uint8Array => randomBytes(length)

function feeOf(fixed: bigint, basisPoints: number): Fee {
  return { id: '', assetId: '', type: 'SENDING', fixed, basisPoints, createdAt: 0 }
}

// 506, 203 and 12 with 10 and 150 were seen on a running pair.
const CASES: [amount: bigint, fixed: bigint, basisPoints: number, fee: bigint][] = [
  [506n, 10n, 150, 18n],
  [203n, 10n, 150, 14n],
  [200n, 10n, 150, 13n],
  [100n, 0n, 0, 0n],
  [100n, 10n, 0, 10n],
  [100n, 0n, 100, 1n],
  [101n, 0n, 100, 2n],
  [100n, 0n, 10_000, 100n],
]

test('a fee is its share, rounded up, and its fixed part', () => {
  for (const [amount, fixed, basisPoints, fee] of CASES)
    assert.equal(feeOn(amount, feeOf(fixed, basisPoints)), fee, `${amount}, ${fixed} + ${basisPoints}`)
  assert.equal(feeOn(100n, null), 0n)
  assert.equal(withFee(2n, feeOf(10n, 150)), 13n)
})

test('what is to be left is left', () => {
  const amounts = fc.bigInt({ min: 1n, max: 10n ** 9n })
  const shares = fc.integer({ min: 0, max: 9_000 })
  fc.assert(
    fc.property(amounts, amounts, shares, (left, fixed, basisPoints) => {
      const fee = feeOf(fixed, basisPoints)
      const total = withFee(left, fee)
      // One unit for the rounding of the share.
      assert.ok(total + 1n - feeOn(total + 1n, fee) >= left - 1n)
    }),
  )
})

test('the newest fee of an asset and a type counts', () => {
  const assets = new Assets(random)
  const { id: assetId } = assets.create({ code: 'EUR', scale: 2 }, 0)
  const fees = new Fees({ assets, clock: new ManualClock(), random })
  assert.equal(fees.latest(assetId, 'SENDING'), null)
  for (const fixed of [1n, 2n]) fees.set({ assetId, type: 'SENDING', fee: { fixed, basisPoints: 0 } })
  fees.set({ assetId, type: 'RECEIVING', fee: { fixed: 3n, basisPoints: 0 } })
  assert.deepEqual(
    [
      fees.latest(assetId, 'SENDING')?.fixed,
      fees.latest(assetId, 'RECEIVING')?.fixed,
      fees.of(assetId).length,
    ],
    [2n, 3n, 3],
  )
  for (const basisPoints of [-1, 10_001])
    assert.throws(() => fees.set({ assetId, type: 'SENDING', fee: { fixed: 0n, basisPoints } }), {
      message: 'Basis point fee must be between 0 and 10000',
    })
  assert.throws(() => fees.set({ assetId: 'x', type: 'SENDING', fee: { fixed: 0n, basisPoints: 0 } }), {
    message: 'Unknown asset',
  })
})
