import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromHex } from '../bytes/bytes.ts'
import { cardVerificationValue } from './cvv.ts'

/** From the tests of knovichikhin/psec and jPOS, and a public worked example. */
const PUBLISHED = [
  ['99999999999999998888888888888888', '2222222222222222', '3333', '111', '361'],
  ['12345678123456788765432187654321', '123456789012', '1108', '000', '453'],
  ['0123456789ABCDEFFEDCBA9876543210', '4123456789012345', '8701', '111', '856'],
] as const

for (const [key, pan, expiry, serviceCode, value] of PUBLISHED) {
  test(`card verification value ${value}`, () =>
    assert.equal(cardVerificationValue(fromHex(key), { pan, expiry, serviceCode }), value))
}

test('what is no decimal digit, or too many, is refused', () => {
  const data = { pan: '4123456789012345', expiry: '8701', serviceCode: '1 1' }
  assert.throws(() => cardVerificationValue(new Uint8Array(16), data), /32 decimal digits, got 23 characters/)
  const long = { pan: '4'.repeat(26), expiry: '8701', serviceCode: '111' }
  assert.throws(() => cardVerificationValue(new Uint8Array(16), long), /32 decimal digits, got 33 characters/)
})
