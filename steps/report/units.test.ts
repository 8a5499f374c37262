import assert from 'node:assert/strict'
import { test } from 'node:test'
import { duration, moment } from './units.ts'

const DURATIONS: [us: number, text: string][] = [
  [0, '0 µs'],
  [999.4, '999 µs'],
  [1_000, '1.00 ms'],
  [9_994, '9.99 ms'],
  [9_996, '10.0 ms'],
  [99_960, '100 ms'],
  [999_499, '999 ms'],
  [999_500, '1.00 s'],
  [12_340_000, '12.3 s'],
  [60_000_000, '1 min 00 s'],
  [125_400_000, '2 min 05 s'],
]

for (const [us, text] of DURATIONS)
  test(`${us} µs is written ${text}`, () => assert.equal(duration(us), text))

test('a moment has three decimals of a millisecond', () => {
  assert.equal(moment(0), '0.000')
  assert.equal(moment(12_345), '12.345')
})
