import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fromHex } from '../../../protocols/bytes/bytes.ts'
import { joinTrack2, splitTrack1, splitTrack2 } from './track-data.ts'
import { fillDiscretionaryData, unpredictableDigits } from './track-digits.ts'

const VALUES = {
  cvc3: fromHex('04D2'),
  unpredictableNumber: fromHex('00000060'),
  atc: fromHex('0139'),
  digits: 2,
}

const CASES: readonly [
  title: string,
  discretionary: string,
  positions: { cvc3: bigint; numbers: bigint; atcDigits: number },
  digits: number,
  expected: string,
][] = [
  // CVC3 1234 into places 1-3, number 60 into 5-6, ATC 313 into 7-8, nUN 2 into place 0.
  ['all of them', '0000000000000', { cvc3: 0x0en, numbers: 0x1e0n, atcDigits: 2 }, 2, '0000136002342'],
  ['no ATC', '9999999999999', { cvc3: 0x0en, numbers: 0x060n, atcDigits: 0 }, 2, '9999996092342'],
  ['no number', '9999999999999', { cvc3: 0x0en, numbers: 0x180n, atcDigits: 2 }, 0, '9999139992340'],
  [
    'more places than CVC3 has digits',
    '999999999',
    { cvc3: 0xfen, numbers: 0n, atcDigits: 0 },
    0,
    '900012340',
  ],
  ['places that lie apart', '9999999', { cvc3: 0b0101010n, numbers: 0n, atcDigits: 0 }, 0, '9293940'],
]

for (const [title, discretionary, positions, digits, expected] of CASES) {
  test(`dynamic digits: ${title}`, () => {
    assert.equal(fillDiscretionaryData(discretionary, positions, { ...VALUES, digits }), expected)
    assert.equal(unpredictableDigits(positions), digits)
  })
}

test('filling never changes how long discretionary data are', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^\d{0,13}$/),
      fc.bigInt(0n, 0xffffn),
      fc.bigInt(0n, 0xffffn),
      fc.nat(8),
      (text, cvc3, numbers, digits) => {
        const filled = fillDiscretionaryData(text, { cvc3, numbers, atcDigits: 0 }, { ...VALUES, digits })
        assert.equal(filled.length, text.length)
      },
    ),
    { seed: 1 },
  )
})

test('track 2 is taken apart and put together, with and without filler', () => {
  for (const hex of ['5413330089010434D30122010000000000000F', '5413330089010434D301220100000000'])
    assert.deepEqual(joinTrack2(splitTrack2(fromHex(hex))), fromHex(hex))
})

test('track 1 has its discretionary data after the service code', () => {
  const track = splitTrack1(Buffer.from('B5413330089010434^DOE/JOHN^3012201000000', 'latin1'))
  assert.deepEqual(track, { fixed: 'B5413330089010434^DOE/JOHN^3012201', discretionary: '000000' })
  assert.throws(() => splitTrack1(Buffer.from('B5413330089010434', 'latin1')), { name: 'CardDataError' })
})
