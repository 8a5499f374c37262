import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  divideCeil,
  leastToSend,
  multiplyCeil,
  multiplyFloor,
  quoteDelivery,
  quoteSpending,
  ratioOf,
} from './quote-amounts.ts'

// What @interledger/pay 0.4.0-alpha.9 quotes; 500 → 506 was also seen on a running pair.
const CASES: [deliver: bigint, rate: number, slippage: number, most: bigint][] = [
  [500n, 1, 0.01, 506n],
  [990n, 1, 0.01, 1001n],
  [1n, 1, 0.01, 2n],
  [1250n, 1, 0.01, 1263n],
  [1250n, 1, 0, 1251n],
  [500n, 0.91, 0.01, 556n],
  [150n, 1.5, 0.01, 102n],
  [10n ** 18n, 1, 0.01, 1010101010101010102n],
]

test('the most that a fixed delivery costs', () => {
  for (const [deliver, rate, slippage, most] of CASES)
    assert.equal(quoteDelivery(deliver, rate, slippage).maxSource, most, `${deliver} at ${rate}`)
})

test('the most is always enough at the worst rate', () => {
  const amounts = fc.bigInt({ min: 1n, max: 10n ** 12n })
  const rates = fc.integer({ min: 1, max: 10_000_000 }).map((n) => n / 1_000)
  fc.assert(
    fc.property(amounts, rates, (deliver, rate) => {
      const { maxSource, minRate } = quoteDelivery(deliver, rate, 0.01)
      assert.ok(multiplyFloor(maxSource, minRate) >= deliver)
    }),
  )
})

test('the least that a fixed spending delivers, as seen on a running pair', () => {
  for (const [spend, least] of [
    [200n, 198n],
    [187n, 185n],
    [100n, 99n],
    [2n, 1n],
    [1n, 0n],
  ] as const)
    assert.equal(quoteSpending(spend, 1, 0.01).minDelivery, least, `${spend}`)
  assert.deepEqual([leastToSend(1), leastToSend(0.2), leastToSend(1.11)], [2n, 5n, 2n])
})

test('ratios are the decimal fraction as written', () => {
  assert.deepEqual(ratioOf(0.99), { numerator: 99n, denominator: 100n })
  assert.deepEqual(ratioOf(3), { numerator: 3n, denominator: 1n })
  assert.deepEqual(
    [divideCeil(10n, ratioOf(0.3)), multiplyCeil(10n, ratioOf(0.33)), multiplyFloor(10n, ratioOf(0.33))],
    [34n, 4n, 3n],
  )
  for (const value of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => ratioOf(value), RangeError, String(value))
})
