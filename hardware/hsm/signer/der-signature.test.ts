import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { concat, fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import { rawSignature } from './der-signature.ts'

const SEED = 20260101
const ONE = `${'00'.repeat(31)}01`
const HIGH = `${'FF'.repeat(32)}`

function padded(hex: string): Uint8Array {
  const bytes = fromHex(hex)
  return concat(bytes, new Uint8Array(72 - bytes.length))
}

describe('rawSignature', () => {
  const readable = [
    { name: 'shortest integers', der: '3006 020101 020101', raw: ONE + ONE },
    { name: 'a zero that the sign needs', der: `3026 022100${HIGH} 020101`, raw: HIGH + ONE },
    { name: 'both of full length', der: `3046 022100${HIGH} 022100${HIGH}`, raw: HIGH + HIGH },
  ]
  for (const { name, der, raw } of readable) {
    it(`reads ${name}`, () => {
      assert.equal(toHex(rawSignature(padded(der)) ?? new Uint8Array()), raw)
    })
  }

  const unreadable = [
    { name: 'nothing but zeros', der: '' },
    { name: 'another tag', der: '3106 020101 020101' },
    { name: 'a length beyond the end', der: '3047 020101 020101' },
    { name: 'a length in the long form', der: '308106 020101 020101' },
    { name: 'something behind it that is not zero', der: '3006 020101 020101 00 01' },
    { name: 'one integer', der: '3003 020101' },
    { name: 'three integers', der: '3009 020101 020101 020101' },
    { name: 'an integer without bytes', der: '3005 0200 020101' },
    { name: 'a negative integer', der: '3006 020181 020101' },
    { name: 'a zero that the sign does not need', der: '3007 02020001 020101' },
    { name: 'an integer of 33 bytes', der: `3026 022101${HIGH} 020101` },
    { name: 'an integer that ends after its sequence', der: '3006 020101 020901' },
  ]
  for (const { name, der } of unreadable) {
    it(`refuses ${name}`, () => {
      assert.equal(rawSignature(padded(der)), null)
    })
  }

  it('never throws, and gives 64 bytes or null', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const raw = rawSignature(bytes)
        return raw === null || raw.length === 64
      }),
      { seed: SEED },
    )
  })
})
