import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { findAll } from './find-all.ts'

// Few letters, so that texts overlap, share their beginnings and do occur.
const letters = (options: { minLength: number; maxLength: number }) =>
  fc.string({ unit: fc.constantFrom('a', 'b', '\u00ff'), ...options })

test('every text is found where indexOf finds it', () => {
  const long = letters({ minLength: 0, maxLength: 200 })
  const texts = fc.array(letters({ minLength: 1, maxLength: 14 }), { maxLength: 20 })
  fc.assert(
    fc.property(long, texts, fc.nat(190), fc.integer({ min: 1, max: 40 }), (long, texts, from, length) => {
      const wanted = [...texts, long.slice(from, from + length)].filter((text) => text !== '')
      const found = findAll(long, wanted)
      for (const text of wanted) assert.equal(found.get(text) ?? -1, long.indexOf(text))
    }),
  )
})
