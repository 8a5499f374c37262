import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DOL } from '@interledger/tlv-kit'
import fc from 'fast-check'
import vectors from '../../fixtures/vectors/tlv-dol-afl.json' with { type: 'json' }
import { fromHex, toHex } from '../bytes/bytes.ts'
import { TAGS } from '../emv/tags.ts'
import { buildDol, DolError, dolLength, encodeDol, parseDol, splitDol } from './dol.ts'
import { TlvError } from './tlv.ts'

const kind = (name: string) => vectors.vectors.filter((vector) => vector.kind === name)

const entry = fc.record(
  {
    tag: fc.constantFrom(
      ...Object.keys(TAGS).filter((tag) => !(Number.parseInt(tag.slice(0, 2), 16) & 0x20)),
    ),
    length: fc.oneof({ weight: 9, arbitrary: fc.nat(127) }, { weight: 1, arbitrary: fc.nat(255) }),
  },
  { noNullPrototype: true },
)
const list = fc.uniqueArray(entry, { selector: ({ tag }) => tag, maxLength: 12 })

describe('data object lists (EMV 4.4 Book 3, 5.4)', () => {
  for (const { id, dol = '', valid, entries, dataLength } of kind('dol')) {
    it(`${id}: ${valid ? 'reads' : 'refuses'} ${dol}`, () => {
      if (!valid) return assert.throws(() => parseDol(fromHex(dol)), DolError)
      const parsed = parseDol(fromHex(dol))
      assert.deepEqual(parsed, entries)
      assert.equal(dolLength(parsed), dataLength)
      return assert.equal(toHex(encodeDol(parsed)), dol)
    })
  }

  for (const { id, dol = '', sources = [], data } of kind('dol-data')) {
    it(`${id}: concatenates what the list asks for`, () => {
      const values = new Map(sources.toReversed().flatMap((source) => Object.entries(source)))
      const lookup = (tag: string) => (values.has(tag) ? fromHex(String(values.get(tag))) : undefined)
      assert.equal(toHex(buildDol(parseDol(fromHex(dol)), lookup)), data)
    })
  }

  const rules: [string, string, number, string | null, string][] = [
    ['n is padded on the left', '9F02', 6, '1234', '000000001234'],
    ['n is cut on the left', '9F02', 2, '123456', '3456'],
    ['cn is padded on the right with F', '5A', 6, '12345F', '12345FFFFFFF'],
    ['cn is cut on the right', '5A', 2, '123456', '1234'],
    ['b is padded on the right with zeros', '9F37', 4, 'AABB', 'AABB0000'],
    ['b is cut on the right', '9F37', 2, 'AABBCC', 'AABB'],
    ['ans is padded on the right with zeros', 'DF01', 4, '2461', '24610000'],
    ['an unknown tag counts as binary', 'DF7F', 3, '01', '010000'],
    ['a value nobody has is zeros', '9F02', 3, null, '000000'],
    ['a constructed data object is zeros', '70', 2, 'AABB', '0000'],
  ]
  for (const [name, tag, length, value, expected] of rules) {
    it(name, () => {
      const lookup = () => (value === null ? undefined : fromHex(value))
      assert.equal(toHex(buildDol([{ tag, length }], lookup)), expected)
    })
  }

  it('takes data apart, and refuses data of another length', () => {
    const dol = parseDol(fromHex('9F02029A01'))
    assert.deepEqual(
      [...splitDol(dol, fromHex('010203'))],
      [
        ['9F02', fromHex('0102')],
        ['9A', fromHex('03')],
      ],
    )
    for (const data of ['0102', '01020304', ''])
      assert.throws(() => splitDol(dol, fromHex(data)), /expected 3 bytes of DOL data/)
  })

  it('writes no list that could not be read back', () => {
    for (const length of [-1, 256, 1.5]) assert.throws(() => encodeDol([{ tag: '9A', length }]), DolError)
    assert.throws(() => encodeDol([{ tag: '9F', length: 1 }]), TlvError)
  })

  it('round trip, and as @interledger/tlv-kit reads it', () => {
    fc.assert(
      fc.property(list, fc.infiniteStream(fc.integer({ min: 0, max: 255 })), (dol, stream) => {
        const bytes = encodeDol(dol)
        assert.deepEqual(parseDol(bytes), dol)
        const data = Uint8Array.from({ length: dolLength(dol) }, () => Number(stream.next().value))
        const values = splitDol(dol, data)
        assert.deepEqual(
          buildDol(dol, (tag) => values.get(tag)),
          data,
        )
        // EMV's length is one byte; tlv-kit takes it for a BER length, which is the same below 128 only.
        if (dol.some(({ length }) => length > 127)) return
        const kit = new DOL(bytes)
        assert.deepEqual(
          kit.getFields().map(({ tag, length }) => ({ tag: toHex(tag), length })),
          dol,
        )
        assert.deepEqual(
          kit.mapToTLVs(data).map((tlv) => [toHex(tlv.getTag()), toHex(tlv.getValue())]),
          [...values].map(([tag, value]) => [tag, toHex(value)]),
        )
      }),
      { numRuns: 200 },
    )
  })

  it('throws nothing but its own error on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          assert.deepEqual(encodeDol(parseDol(bytes)), bytes)
        } catch (error) {
          assert.ok(error instanceof DolError, String(error))
        }
      }),
      { numRuns: 2000, examples: [[fromHex('FF0000')], [fromHex('9F02FF7F00')]] },
    )
  })
})
