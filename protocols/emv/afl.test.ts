import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import vectors from '../../fixtures/vectors/tlv-dol-afl.json' with { type: 'json' }
import { fromHex, toHex } from '../bytes/bytes.ts'
import { AflError, encodeAfl, parseAfl } from './afl.ts'

describe('Application File Locator (EMV 4.4 Book 3, 10.2)', () => {
  for (const { id, afl = '', valid, entries = [], reason } of vectors.vectors.filter(
    ({ kind }) => kind === 'afl',
  )) {
    it(`${id}: ${valid ? 'reads' : 'refuses'} ${afl} ${reason ?? ''}`, () => {
      if (!valid) return assert.throws(() => parseAfl(fromHex(afl)), AflError)
      const parsed = parseAfl(fromHex(afl))
      const expected = entries.map((entry) => {
        assert.ok('sfi' in entry)
        return { sfi: entry.sfi, first: entry.first, last: entry.last, offline: entry.offlineRecords }
      })
      assert.deepEqual(parsed, expected)
      return assert.equal(toHex(encodeAfl(parsed)), afl)
    })
  }

  for (const [name, afl] of [
    ['nothing', ''],
    ['SFI 0', '00010100'],
    ['last record before the first', '08020100'],
  ] as const) {
    it(`refuses ${name}`, () => assert.throws(() => parseAfl(fromHex(afl)), AflError))
  }

  it('throws nothing but its own error on any bytes, and writes what it read', () => {
    const byte = fc.integer({ min: 0, max: 255 })
    const nearly = fc
      .array(
        fc
          .tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 255 }), byte, byte)
          .map(([sfi, first, more, offline]) => {
            const last = Math.min(255, first + more)
            return [sfi * 8, first, last, offline % (last - first + 2)]
          }),
        { minLength: 1, maxLength: 10 },
      )
      .map((entries) => Uint8Array.from(entries.flat()))
    fc.assert(fc.property(nearly, (bytes) => assert.deepEqual(encodeAfl(parseAfl(bytes)), bytes)))
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 16 }), (bytes) => {
        try {
          assert.deepEqual(encodeAfl(parseAfl(bytes)), bytes)
        } catch (error) {
          assert.ok(error instanceof AflError, String(error))
        }
      }),
      { numRuns: 1000 },
    )
  })
})
