import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import file from '../../fixtures/vectors/mac-kcv.json' with { type: 'json' }
import { concat, fromHex, toHex } from '../bytes/bytes.ts'
import { aesCmac, tdesCmac } from './cmac.ts'
import { decryptCbc, decryptEcb, encryptCbc, encryptEcb } from './des.ts'
import { macAlgorithm1, macAlgorithm3, retailMac } from './iso9797.ts'
import { aesKcv, tdesKcv } from './kcv.ts'
import { type PaddingMethod, pad, unpad2 } from './padding.ts'
import { hasOddParity, withOddParity } from './parity.ts'
import { keyVariant } from './variant.ts'

interface Vector {
  id: string
  kind: string
  key: string
  key1: string
  key2: string
  data: string
  method: PaddingMethod
  paddingMethod: PaddingMethod
  blockSize: number
  padded: string
  mac: string
  kcv: string
  variant: number
  result: string
}

const RUNNERS: Record<string, (vector: Vector) => [actual: Uint8Array, expected: string]> = {
  padding: (v) => [pad(v.method, fromHex(v.data), v.blockSize), v.padded],
  'mac-algorithm-1-tdes': (v) => [macAlgorithm1(fromHex(v.key), fromHex(v.data), v.paddingMethod), v.mac],
  'mac-algorithm-3': (v) => [
    macAlgorithm3(fromHex(v.key1), fromHex(v.key2), fromHex(v.data), v.paddingMethod),
    v.mac,
  ],
  'aes-cmac': (v) => [aesCmac(fromHex(v.key), fromHex(v.data)), v.mac],
  'tdes-cmac': (v) => [tdesCmac(fromHex(v.key), fromHex(v.data)), v.mac],
  'key-variant': (v) => [keyVariant(fromHex(v.key), v.variant), v.result],
  'kcv-tdes': (v) => [tdesKcv(fromHex(v.key)), v.kcv],
  'kcv-aes-cmac': (v) => [aesKcv(fromHex(v.key)), v.kcv],
}

const vectors = file.vectors as unknown as readonly Vector[]
const bytes = (minLength: number, maxLength = minLength) => fc.uint8Array({ minLength, maxLength })
const method = fc.constantFrom<PaddingMethod>(1, 2, 3)

describe('mac-kcv.json', () => {
  let run = 0
  for (const vector of vectors) {
    test(vector.id, () => {
      const [actual, expected] = RUNNERS[vector.kind]?.(vector) ?? assert.fail(`no runner for ${vector.kind}`)
      assert.equal(toHex(actual), expected)
      run++
    })
  }
  test('every vector was run', () => assert.equal(run, file.count))
})

describe('padding', () => {
  test('fills whole blocks and keeps the data', () => {
    fc.assert(
      fc.property(method, bytes(0, 40), fc.constantFrom(8, 16), (by, data, block) => {
        const padded = pad(by, data, block)
        assert.equal(padded.length % block, 0)
        assert.ok(toHex(padded).includes(toHex(data)))
      }),
    )
  })

  test('method 2 is undone, with any other end refused', () => {
    fc.assert(fc.property(bytes(0, 40), (data) => assert.deepEqual(unpad2(pad(2, data)), data)))
    for (const wrong of ['', '00', '81', 'AA800000000000000000'])
      assert.equal(unpad2(fromHex(wrong)), null, wrong)
  })
})

describe('DES', () => {
  const key = fc.constantFrom(8, 16, 24).chain((length) => bytes(length))
  const blocks = fc.integer({ min: 0, max: 5 }).chain((count) => bytes(count * 8))

  test('what was encrypted is decrypted', () => {
    fc.assert(
      fc.property(key, blocks, bytes(8), (k, data, iv) => {
        assert.deepEqual(decryptEcb(k, encryptEcb(k, data)), data)
        assert.deepEqual(decryptCbc(k, encryptCbc(k, data, iv), iv), data)
      }),
    )
  })

  test('a key of one half is the key twice', () => {
    fc.assert(
      fc.property(bytes(8), blocks, (k, data) =>
        assert.deepEqual(encryptEcb(concat(k, k), data), encryptEcb(k, data)),
      ),
    )
  })

  test('parity bits do not count', () => {
    fc.assert(
      fc.property(key, (k) => {
        assert.ok(hasOddParity(withOddParity(k)))
        assert.deepEqual(tdesKcv(withOddParity(k)), tdesKcv(k))
      }),
    )
    assert.equal(hasOddParity(Uint8Array.of(0x01, 0x03)), false)
  })

  test('lengths that do not fit are refused', () => {
    assert.throws(() => encryptEcb(new Uint8Array(15), new Uint8Array(8)), /8, 16 or 24 bytes, got 15/)
    assert.throws(() => encryptEcb(new Uint8Array(16), new Uint8Array(7)), /whole blocks of 8 bytes, got 7/)
    assert.throws(() => retailMac(new Uint8Array(8), new Uint8Array(8), 2), /16 bytes, got 8/)
    assert.throws(() => keyVariant(new Uint8Array(8), 32), /0 to 31, got 32/)
  })
})

test('retail MAC is MAC algorithm 3 with the halves of its key', () => {
  fc.assert(
    fc.property(bytes(16), bytes(0, 60), method, (key, data, by) =>
      assert.deepEqual(
        retailMac(key, data, by),
        macAlgorithm3(key.subarray(0, 8), key.subarray(8), data, by),
      ),
    ),
  )
})

test('MACs change with every bit of the data', () => {
  fc.assert(
    fc.property(bytes(16), bytes(1, 40), fc.nat(), (key, data, position) => {
      const flipped = Uint8Array.from(data)
      const index = position % data.length
      flipped[index] = (data[index] ?? 0) ^ (1 << (position % 8))
      assert.notDeepEqual(retailMac(key, flipped, 2), retailMac(key, data, 2))
      assert.notDeepEqual(tdesCmac(key, flipped), tdesCmac(key, data))
      assert.notDeepEqual(aesCmac(key, flipped), aesCmac(key, data))
    }),
  )
})
