import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { concat, fromHex } from '../bytes/bytes.ts'
import { encodeAccountData, panOf, readAccountData } from './account-data.ts'

const PAN = '4111111111111111'
const CARDS: [string, Map<string, Uint8Array>][] = [
  ['PAN alone', new Map([['5A', fromHex(PAN)]])],
  ['track 2 alone', new Map([['57', fromHex(`${PAN}D29122011234567F`)]])],
  [
    'all of it, and more',
    new Map([
      ['57', fromHex(`${PAN}D29122011234567F`)],
      ['5A', fromHex(PAN)],
      ['5F24', fromHex('291231')],
      ['5F34', fromHex('01')],
      ['C1', fromHex('24')],
    ]),
  ],
]

function padded(data: Uint8Array, block = 16): Uint8Array {
  const length = block - (data.length % block)
  return concat(data, new Uint8Array(length).fill(length))
}

function encoded(values: ReadonlyMap<string, Uint8Array>): Uint8Array {
  return encodeAccountData(values) ?? assert.fail('expected a PAN')
}

for (const [name, values] of CARDS)
  test(`account data are read as they were written: ${name}`, () => {
    for (const block of [8, 16])
      assert.deepEqual(readAccountData(padded(encoded(values), block)), { ok: true, account: { pan: PAN } })
  })

test('a card without a PAN, or with one that is none, has no account data', () => {
  for (const pan of ['', '41', '4111111111111112', 'ABCDEF1111111111'])
    assert.equal(encodeAccountData(new Map([['5A', fromHex(pan)]])), null)
  assert.equal(panOf(new Map()), null)
  assert.equal(panOf(new Map([['5A', fromHex('378282246310005F')]])), '378282246310005')
})

test('whatever bit is changed, nothing is read', () => {
  const data = padded(encoded(new Map(CARDS[2]?.[1])))
  for (let bit = 0; bit < data.length * 8; bit++) {
    const at = bit >> 3
    assert.deepEqual(readAccountData(data.with(at, (data[at] ?? 0) ^ (1 << (bit & 7)))), { ok: false })
  }
})

test('no bytes are read that were not written so', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => !readAccountData(bytes).ok))
})
