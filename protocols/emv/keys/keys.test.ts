import assert from 'node:assert/strict'
import { createCipheriv, createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { concat, fromHex, toHex } from '../../bytes/bytes.ts'
import { diversifier, hashedDiversifier } from './diversification.ts'
import { aesMasterKey, iccMasterKey, tdesMasterKey } from './master-key.ts'
import { aesSessionKey, counterDiversifier, tdesSessionKey, visaSessionKey } from './session-key.ts'
import { treeSessionKey } from './session-key-tree.ts'

const pan = fc.stringMatching(/^[0-9]{1,19}$/)
const psn = fc.stringMatching(/^[0-9]{2}$/)
const aesKey = fc.constantFrom(16, 24, 32).chain((n) => fc.uint8Array({ minLength: n, maxLength: n }))
const block = fc.uint8Array({ minLength: 16, maxLength: 16 })

describe('diversification values', () => {
  const cases = [
    ['A', '1234567890123456', '00', '3456789012345600'],
    ['A', '12345', '01', '0000000001234501'],
    ['B', '1234567890123456', '00', '3456789012345600'],
    ['C', '1234567890123456', '00', '00000000000000123456789012345600'],
    ['C', '1234567890123456789', '01', '00000000000123456789012345678901'],
  ] as const
  for (const [option, digits, sequence, expected] of cases) {
    test(`option ${option} of ${digits.length} digits`, () =>
      assert.equal(toHex(diversifier(option, digits, sequence)), expected))
  }

  test('option B hashes from 17 digits on', () => {
    fc.assert(
      fc.property(pan, psn, (digits, sequence) => {
        const hashed = toHex(hashedDiversifier(digits, sequence))
        assert.match(hashed, /^[0-9]{16}$/)
        assert.equal(toHex(diversifier('B', digits, sequence)) === hashed, digits.length > 16)
      }),
    )
  })

  test('what is no account number is refused without being quoted', () => {
    assert.throws(() => diversifier('A', '12345678901234567890', '00'), /1 to 19 decimal digits, got 20 char/)
    assert.throws(() => diversifier('A', '1234x', '00'), /1 to 19 decimal digits, got 5 characters/)
    assert.throws(() => diversifier('C', '1234', '1'), /2 decimal digits, got 1 characters/)
  })
})

describe('AES keys', () => {
  test('are as long as the key they come from, and OpenSSL agrees', () => {
    fc.assert(
      fc.property(aesKey, block, (key, input) => {
        const complement = input.map((byte) => byte ^ 0xff)
        const expected = ecb(key, key.length === 16 ? input : concat(input, complement)).slice(0, key.length)
        assert.deepEqual(aesMasterKey(key, input), expected)
        const marked = [0xf0, 0x0f].map((mark) => input.map((byte, index) => (index === 2 ? mark : byte)))
        const session = ecb(key, key.length === 16 ? input : concat(...marked)).slice(0, key.length)
        assert.deepEqual(aesSessionKey(key, input), session)
      }),
    )
  })

  test('option C is the only one that makes them', () => {
    const imk = createHash('sha256').update('a test key').digest()
    assert.equal(iccMasterKey('C', imk, '1234567890123456', '00').length, 32)
    assert.throws(() => iccMasterKey('A', imk, '1234567890123456', '00'), /8, 16 or 24 bytes, got 32/)
  })
})

test('lengths that do not fit are refused', () => {
  const key = fromHex('0123456789ABCDEFFEDCBA9876543210')
  assert.throws(() => tdesSessionKey(key, new Uint8Array(16)), /diversification value of 8 bytes, got 16/)
  assert.throws(() => aesSessionKey(key, new Uint8Array(8)), /diversification value of 16 bytes, got 8/)
  assert.throws(() => counterDiversifier(new Uint8Array(3), 8), /ATC of 2 bytes, got 3/)
  assert.throws(() => visaSessionKey(new Uint8Array(8), new Uint8Array(2)), /master key of 16 bytes, got 8/)
  assert.throws(() => tdesMasterKey(key, new Uint8Array(7)), /whole blocks of 8 bytes, got 14/)
  const small = { height: 3, branchFactor: 4, iv: new Uint8Array(16) }
  assert.throws(() => treeSessionKey(key, new Uint8Array(2), small), /at least 65536 leaves, got 64/)
})

function ecb(key: Uint8Array, data: Uint8Array): Uint8Array {
  return new Uint8Array(createCipheriv(`aes-${key.length * 8}-ecb`, key, null).update(data))
}
