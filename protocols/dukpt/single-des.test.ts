import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { encryptEcb } from '../mac/des.ts'
import { encryptDes, encryptTdes } from './single-des.ts'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })

test('DES of one block is what OpenSSL makes of it', () => {
  fc.assert(
    fc.property(bytes(16), bytes(8), (key, block) => {
      assert.deepEqual(encryptDes(key, 0, block), encryptEcb(key.slice(0, 8), block))
      assert.deepEqual(encryptDes(key, 8, block), encryptEcb(key.slice(8), block))
      assert.deepEqual(encryptTdes(key, block), encryptEcb(key, block))
    }),
    { numRuns: 500 },
  )
})

test('every bit of the key but parity, and every bit of the block, counts as in OpenSSL', () => {
  for (let bit = 0; bit < 64; bit++) {
    const one = new Uint8Array(8)
    one[bit >> 3] = 0x80 >> (bit & 7)
    const zeros = new Uint8Array(8)
    assert.deepEqual(encryptDes(one, 0, zeros), encryptEcb(one, zeros), `key bit ${bit}`)
    assert.deepEqual(encryptDes(zeros, 0, one), encryptEcb(zeros, one), `block bit ${bit}`)
  }
})
