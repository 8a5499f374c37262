import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromHex, toHex } from '../bytes/bytes.ts'
import { Chance } from './chance.ts'
import { mutateAnswer, mutateCommand } from './mutate-apdu.ts'
import { mutateBytes } from './mutate-bytes.ts'
import { mutateSequence } from './mutate-sequence.ts'
import { mutateTlv } from './mutate-tlv.ts'

const MUTATIONS = { mutateAnswer, mutateBytes, mutateCommand, mutateTlv }
const TEMPLATE = '6F1A840E315041592E5359532E4444463031A5088801015F2D02656E'
const BYTES = ['', '00', '9000', '80A8000002830000', `${TEMPLATE}9000`, 'FF'.repeat(300)]
const TIMES = 2_000

test('the same seed and stream give the same numbers, others others', () => {
  const numbers = (seed: number, stream: number) => toHex(new Chance(seed, stream).bytes(32))
  assert.equal(numbers(1, 2), numbers(1, 2))
  const several = [numbers(1, 2), numbers(2, 1), numbers(1, 3), numbers(0, 0), numbers(0xffffffff, 0)]
  assert.equal(new Set(several).size, several.length)
})

test('numbers stay below their limit and reach all of it', () => {
  const chance = new Chance(3)
  const counts = [0, 0, 0, 0, 0, 0]
  for (let time = 0; time < 6_000; time++) {
    const at = chance.below(6)
    counts[at] = (counts[at] ?? 0) + 1
  }
  assert.equal(counts.length, 6)
  for (const count of counts) assert.ok(count > 800 && count < 1_200, counts.join(' '))
})

test('nothing can be picked from an empty list', () => {
  assert.throws(() => new Chance(1).pick([]), RangeError)
})

for (const [name, mutate] of Object.entries(MUTATIONS))
  for (const hex of BYTES)
    test(`${name} takes ${hex.slice(0, 12) || 'nothing'}, leaves it as it was and makes others of it`, () => {
      const [chance, bytes, results] = [new Chance(4), fromHex(hex), new Set<string>()]
      for (let time = 0; time < TIMES; time++) results.add(toHex(mutate(bytes, chance)))
      assert.equal(toHex(bytes), hex)
      assert.ok(results.size > 10, `${results.size} different results`)
    })

test('data objects are edited inside templates whose lengths stay right', () => {
  const chance = new Chance(5)
  const results = Array.from({ length: TIMES }, () => mutateTlv(fromHex(TEMPLATE), chance))
  const whole = results.filter((bytes) => bytes[0] === 0x6f && bytes[1] === bytes.length - 2)
  assert.ok(whole.length > TIMES / 4, `${whole.length} of ${TIMES}`)
})

test('sequences are dropped from, moved in and repeated in, and stay as they were', () => {
  const chance = new Chance(6)
  const items = ['a', 'b', 'c', 'd']
  const results = new Set(Array.from({ length: 500 }, () => mutateSequence(items, chance).join('')))
  assert.deepEqual(items, ['a', 'b', 'c', 'd'])
  for (const one of ['bcd', 'bacd', 'aabcd', 'abcdcd', 'ab']) assert.ok(results.has(one), one)
  assert.deepEqual(mutateSequence([], chance), [])
})
