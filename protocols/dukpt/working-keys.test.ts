import assert from 'node:assert/strict'
import { createCipheriv } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { concat, fromHex, toHex } from '../bytes/bytes.ts'
import { encryptEcb } from '../mac/des.ts'
import { AES_DUKPT, aesWorkingKey } from './aes.ts'
import { DukptError } from './error.ts'
import { KEY_TYPES, KEY_USAGES, type KeyType, type KeyUsage } from './key-types.ts'
import { TDES_DUKPT, type TdesUsage, tdesWorkingKey } from './tdes.ts'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const aesKey = fc.constantFrom(16, 24, 32).chain(bytes)
const type = fc.constantFrom(...(Object.keys(KEY_TYPES) as KeyType[]))
const usage = fc.constantFrom(...(Object.keys(KEY_USAGES) as KeyUsage[]))
const counter = fc.integer({ min: 1, max: 0xffff_ffff })

describe('AES working keys', () => {
  test('are what OpenSSL makes of their derivation data, or are refused', () => {
    fc.assert(
      fc.property(aesKey, bytes(8), counter, usage, type, (key, id, count, of, kind) => {
        const { family, algorithm, bits, strength } = KEY_TYPES[kind]
        const derive = () => aesWorkingKey(key, { id, counter: count }, of, kind)
        const allowed = (family !== 'HMAC' || of.startsWith('mac')) && strength <= key.length * 8
        if (!allowed) return assert.throws(derive, DukptError)
        const tail = `${hex(KEY_USAGES[of].code)}${hex(algorithm)}${hex(bits)}${toHex(id.slice(4))}${hex(count, 8)}`
        const data = fromHex(`0101${tail}0102${tail}`)
        const cipher = createCipheriv(`aes-${key.length * 8}-ecb`, key, null)
        assert.equal(toHex(derive()), toHex(cipher.update(data)).slice(0, bits / 4))
      }),
    )
  })

  test('say what was wrong', () => {
    const ksn = { id: new Uint8Array(8), counter: 1 }
    const derive = (bytesOfKey: number, of: KeyUsage, kind: KeyType) =>
      aesWorkingKey(new Uint8Array(bytesOfKey), ksn, of, kind)
    assert.throws(
      () => derive(16, 'pinEncryption', 'HMAC128'),
      /TDES or AES key for pinEncryption, got HMAC128/,
    )
    assert.throws(
      () => derive(16, 'pinEncryption', 'AES192'),
      /at most 128 bits, got AES192; choose a longer BDK/,
    )
    assert.throws(() => derive(24, 'macGeneration', 'HMAC256'), /at most 192 bits, got HMAC256/)
    assert.throws(() => derive(15, 'macGeneration', 'AES128'), /16, 24 or 32 bytes, got 15; give an AES key/)
    assert.equal(derive(16, 'pinEncryption', 'TDES3').length, 24)
  })
})

describe('TDES keys', () => {
  const usages: readonly TdesUsage[] = ['pin', 'macRequest', 'macResponse', 'dataRequest', 'dataResponse']

  test('of one transaction all differ', () => {
    fc.assert(
      fc.property(bytes(16), (key) => {
        const all = [key, ...usages.map((of) => tdesWorkingKey(key, of))].map(toHex)
        assert.equal(new Set(all).size, all.length)
      }),
    )
  })

  test('are derived as X9.24-1:2009, A.2 says, with OpenSSL as the cipher', () => {
    fc.assert(
      fc.property(bytes(16), bytes(8), fc.nat(0x1f_ffff), (key, random, count) => {
        const id = random.with(7, (random[7] ?? 0) & 0xe0)
        const whole = (BigInt(`0x${toHex(id)}0000`) | BigInt(count)).toString(16).padStart(20, '0')
        const register = fromHex(whole).slice(2)
        const mask = fromHex('C0C0C0C000000000C0C0C0C000000000')
        const halves = [key.map((byte, index) => byte ^ (mask[index] ?? 0)), key].map((from) => {
          const right = from.slice(8)
          const mixed = encryptEcb(
            from.slice(0, 8),
            register.map((byte, index) => byte ^ (right[index] ?? 0)),
          )
          return mixed.map((byte, index) => byte ^ (right[index] ?? 0))
        })
        assert.deepEqual(TDES_DUKPT.nextKey(key, id, count), concat(...halves))
      }),
    )
  })

  test('of another length are refused', () => {
    const refusal = /TDES DUKPT key of 16 bytes, got 24; give a two-key TDES key/
    const [long, id] = [new Uint8Array(24), new Uint8Array(8)]
    assert.throws(() => tdesWorkingKey(long, 'pin'), refusal)
    assert.throws(() => TDES_DUKPT.initialKey(long, id), refusal)
    assert.throws(() => TDES_DUKPT.nextKey(long, id, 1), refusal)
    assert.throws(() => AES_DUKPT.initialKey(new Uint8Array(8), id), /16, 24 or 32 bytes, got 8/)
  })
})

function hex(value: number, digits = 4): string {
  return value.toString(16).padStart(digits, '0')
}
