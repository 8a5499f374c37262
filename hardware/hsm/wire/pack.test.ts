import assert from 'node:assert/strict'
import { randomBytes, randomInt } from 'node:crypto'
import { describe, it } from 'node:test'
import { deserialize, serialize } from 'node:v8'
import { pack } from './pack.ts'
import { copy, unpack, view } from './unpack.ts'

const bytes = (...values: number[]) => Uint8Array.from(values)

/** As what goes from process to process. */
function sent(objects: readonly object[]): unknown[] {
  return unpack(deserialize(serialize(pack(objects))), view)
}

describe('objects by columns', () => {
  const cases: Record<string, object[]> = {
    none: [],
    'one without fields': [{}],
    'all alike': [
      { operation: 'GenerateMac', args: { key: 'k', data: bytes(1, 2) } },
      { operation: 'GenerateMac', args: { key: 'k', data: bytes(3, 4) } },
    ],
    'bytes of several lengths, none among them': [{ a: bytes(1) }, { a: bytes() }, { a: bytes(2, 3) }],
    'several shapes, mixed': [
      { us: 1, result: bytes(1) },
      { us: 2, failure: { code: 'KEY_EXPIRED' } },
      { us: 3, result: true },
      { us: 4, result: bytes(2, 3) },
      { us: 5, result: { ok: true, block: bytes(4) } },
      { us: 6, result: { ok: false, reason: 'mac' } },
      { us: 7, failure: { code: 'KEY_NOT_FOUND' } },
    ],
    'the same fields in another order': [
      { a: 1, b: bytes(1) },
      { b: bytes(2), a: 2 },
    ],
    'bytes or nothing': [{ iv: null }, { iv: bytes(1) }, { iv: undefined }, {}, { iv: null }],
    'values that are not JSON': [{ at: new Date(5) }, { at: Number.NaN }, { at: 5n }, { at: -0 }],
    'arrays, of bytes too': [{ parts: [bytes(1), bytes(2)] }, { parts: [] }, { parts: ['text'] }],
    'fields in fields': [{ a: { b: { c: bytes(1), d: 'd' } } }, { a: { b: { c: bytes(2), d: 'e' } } }],
  }
  for (const [name, objects] of Object.entries(cases))
    it(name, () => {
      const came = sent(objects)
      assert.deepEqual(came, objects)
      assert.deepEqual(came.map(namesOf), objects.map(namesOf))
    })

  it('what all have alike goes once, all bytes in one block', () => {
    const { groups, block } = pack(cases['all alike'] ?? [])
    assert.deepEqual(block, bytes(1, 2, 3, 4))
    assert.equal(JSON.stringify(groups).split('GenerateMac').length, 2)
  })

  it('Buffers come as plain bytes, of which copies outlive the block and views do not', () => {
    const packed = pack([{ a: Buffer.from([1, 2]) }, { a: Buffer.from([3]) }])
    const [views, copies] = [unpack(packed, view), unpack(packed, copy)]
    packed.block.fill(0)
    assert.deepEqual(copies, [{ a: bytes(1, 2) }, { a: bytes(3) }])
    assert.deepEqual(views, [{ a: bytes(0, 0) }, { a: bytes(0) }])
  })

  it('an object twice comes as two, whose bytes are not shared', () => {
    const args = { data: bytes(1) }
    const [one, other] = sent([{ args }, { args }]) as { args: { data: Uint8Array } }[]
    one?.args.data.fill(9)
    assert.deepEqual(other, { args: { data: bytes(1) } })
  })

  it('any objects come as they went', () => {
    for (let round = 0; round < 300; round++) {
      const objects = Array.from({ length: randomInt(12) }, () => anObject(0))
      assert.deepEqual(sent(objects), objects, JSON.stringify(objects))
    }
  })
})

function namesOf(object: unknown): string[] {
  return Object.keys(object as object)
}

function anObject(depth: number): object {
  const names = ['a', 'b', 'c'].slice(randomInt(4))
  return Object.fromEntries(names.map((name) => [name, aValue(depth)]))
}

function aValue(depth: number): unknown {
  const choices = [
    () => new Uint8Array(randomBytes(randomInt(4))),
    () => randomInt(3),
    () => 'text'.slice(randomInt(4)),
    () => null,
    () => [new Uint8Array(randomBytes(1))],
    () => (depth < 3 ? anObject(depth + 1) : true),
  ]
  return choices[randomInt(choices.length)]?.()
}
