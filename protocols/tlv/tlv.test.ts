import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type TLV, TLVParser } from '@interledger/tlv-kit'
import fc from 'fast-check'
import vectors from '../../fixtures/vectors/tlv-dol-afl.json' with { type: 'json' }
import { fromHex, toHex } from '../bytes/bytes.ts'
import { encodeTlv, findTag, parseTlv, requireTag, type Tlv, TlvError } from './tlv.ts'

interface Parsed {
  tag: string
  length: number
  value?: string
  children?: Parsed[]
}

const kind = (name: string) => vectors.vectors.filter((vector) => vector.kind === name)

function plain({ tag, value, children }: Tlv): Parsed {
  return children === undefined
    ? { tag, length: value.length, value: toHex(value) }
    : { tag, length: value.length, children: children.map(plain) }
}

function plainKit(tlv: TLV): Parsed {
  const [tag, value] = [toHex(tlv.getTag()), tlv.getValue()]
  return tlv.isConstructed()
    ? { tag, length: value.length, children: tlv.getChildren().map(plainKit) }
    : { tag, length: value.length, value: toHex(value) }
}

function encode(tlvs: readonly Tlv[]): Uint8Array[] {
  return tlvs.map(({ tag, value, children }) =>
    encodeTlv(tag, children === undefined ? value : encode(children)),
  )
}

const join = (parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts))

/** Tags of one to three bytes that do not begin like filler. */
const tag = fc
  .tuple(
    fc.integer({ min: 1, max: 254 }),
    fc.integer({ min: 0, max: 127 }),
    fc.integer({ min: 128, max: 255 }),
    fc.boolean(),
  )
  .map(([first, last, middle, long]) => {
    if ((first & 0x1f) !== 0x1f) return Uint8Array.of(first)
    return Uint8Array.from(long ? [first, middle, last] : [first, last])
  })
  .map(toHex)
const { tree } = fc.letrec<{ tree: Tlv; leaf: Tlv; node: Tlv }>((tie) => ({
  tree: fc.oneof({ maxDepth: 5, withCrossShrink: true }, tie('leaf'), tie('node')),
  leaf: fc.record(
    {
      tag: tag.filter((text) => !(Number.parseInt(text.slice(0, 2), 16) & 0x20)),
      value: fc.uint8Array({ maxLength: 300 }),
    },
    { noNullPrototype: true },
  ),
  node: fc
    .record({
      tag: tag.filter((text) => (Number.parseInt(text.slice(0, 2), 16) & 0x20) !== 0),
      children: fc.array(tie('tree'), { maxLength: 4 }),
    })
    .map(({ tag, children }) => ({ tag, value: join(encode(children)), children })),
}))

describe('BER-TLV', () => {
  for (const { id, data = '', parsed } of kind('tlv-valid')) {
    it(`${id}: reads ${data.slice(0, 24)}`, () =>
      assert.deepEqual(parseTlv(fromHex(data)).map(plain), parsed))
  }

  for (const { id, data = '', part, tag, offset } of kind('tlv-malformed')) {
    it(`${id}: refuses ${data} at its ${part}`, () => {
      assert.throws(
        () => parseTlv(fromHex(data)),
        (error) =>
          error instanceof TlvError &&
          error.part === part &&
          error.tag === tag &&
          (offset === undefined || error.offset === offset),
      )
    })
  }

  const lenient: Record<string, (data: Uint8Array) => void> = {
    'tlv-8': (data) => assert.throws(() => parseTlv(data), TlvError),
    'tlv-quirk-91': (data) => assert.throws(() => parseTlv(data), TlvError),
    // The vector ends one byte before its template does: refused as it is, read with that byte.
    'tlv-quirk-padding': (data) => {
      assert.throws(() => parseTlv(data), /expected 69 bytes, got 68/)
      assert.deepEqual(
        parseTlv(join([data, new Uint8Array(1)])).map(({ tag, children }) => [
          tag,
          children?.map((child) => child.tag),
        ]),
        [
          ['91', undefined],
          ['72', ['9F18', '86', '9F18', '86']],
        ],
      )
    },
  }
  for (const { id, data = '', note } of kind('tlv-lenient')) {
    it(`${id}: ${note}`, () => {
      assert.ok(lenient[id], `a case for ${id}`)
      lenient[id](fromHex(data))
    })
  }

  const more: [string, string, string[]][] = [
    ['nothing', '', []],
    ['zero filler around data objects', '00009C0101009A00 0000', ['9C', '9A']],
    ['FF filler before another FF, before 00 and at the end', '9C0101FFFFFF', ['9C']],
    ['a tag that begins with FF', 'FF8106029C00', ['FF8106']],
    ['FF filler, then a tag that begins with FF', 'FFFF8106029C00', ['FF8106']],
  ]
  for (const [name, data, tags] of more) {
    it(`reads ${name}`, () =>
      assert.deepEqual(
        parseTlv(fromHex(data)).map((tlv) => tlv.tag),
        tags,
      ))
  }

  const wrong: [string, string][] = [
    ['a tag of four bytes', '9F80810100'],
    ['five length bytes', '9C850000000001FF'],
    ['a length beyond any memory', '9C84FFFFFFFFFF'],
    ['an indefinite length', 'E0809C000000'],
  ]
  for (const [name, data] of wrong) {
    it(`refuses ${name}`, () => assert.throws(() => parseTlv(fromHex(data)), TlvError))
  }

  it('refuses templates without end instead of exhausting the stack', () => {
    let nested: Uint8Array = new Uint8Array()
    for (let depth = 0; depth < 2000; depth++) nested = encodeTlv('E0', nested)
    assert.throws(() => parseTlv(nested), /at most 32 nested templates/)
  })

  const lengths: [number, string][] = [
    [0, '00'],
    [127, '7F'],
    [128, '8180'],
    [255, '81FF'],
    [256, '820100'],
    [65_536, '83010000'],
  ]
  for (const [length, field] of lengths) {
    it(`writes a length of ${length} as ${field}`, () => {
      assert.equal(toHex(encodeTlv('9C', new Uint8Array(length)).subarray(1, 1 + field.length / 2)), field)
    })
  }

  for (const bad of ['', '9', '9F', '9F80', '9F808001', '9C9C', '00', 'FF', 'FFFF', 'FF00', 'XY', '9C ']) {
    it(`writes no tag "${bad}"`, () => assert.throws(() => encodeTlv(bad, new Uint8Array()), TlvError))
  }

  it('finds data objects depth first and names the one that is missing', () => {
    const tlvs = parseTlv(fromHex('6F0A8401AAA5055001419C00 8401BB'))
    assert.equal(toHex(findTag(tlvs, '84')?.value ?? new Uint8Array()), 'AA')
    assert.equal(toHex(requireTag(tlvs, '50').value), '41')
    assert.equal(findTag(tlvs, '5A'), undefined)
    assert.throws(
      () => requireTag(tlvs, '9F26'),
      (error) =>
        error instanceof TlvError &&
        error.message === 'expected data object 9F26 (Application Cryptogram), got 6F 84' &&
        error.tag === '9F26',
    )
  })

  it('round trip, and as @interledger/tlv-kit reads it', () => {
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 6 }), (tlvs) => {
        const bytes = join(encode(tlvs))
        assert.deepEqual(parseTlv(bytes).map(plain), tlvs.map(plain))
        assert.deepEqual(TLVParser(bytes).map(plainKit), tlvs.map(plain))
      }),
      { numRuns: 300 },
    )
  })

  it('throws nothing but its own error on any bytes', () => {
    const nearly = fc.array(tree, { minLength: 1, maxLength: 3 }).chain((tlvs) => {
      const bytes = join(encode(tlvs))
      return fc
        .tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), fc.nat(bytes.length))
        .map(([at, byte, end]) => bytes.with(at, byte).slice(0, end))
    })
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), nearly), (bytes) => {
        try {
          parseTlv(bytes)
        } catch (error) {
          assert.ok(error instanceof TlvError, String(error))
        }
      }),
      { numRuns: 2000 },
    )
  })
})
