import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toHex } from '../../protocols/bytes/bytes.ts'
import { machineRandom } from './machine-random.ts'

test('random bytes are as many as were asked for, and never the same', () => {
  const seen = new Set<string>()
  for (let round = 0; round < 2_000; round++) {
    for (const length of [16, 32, 33, 4_095, 4_096, 5_000].slice(0, round % 100 === 0 ? 6 : 3)) {
      const bytes = machineRandom(length)
      assert.equal(bytes.length, length)
      assert.equal(bytes.buffer.byteLength, length, 'bytes of their own')
      for (let at = 0; at + 16 <= length; at += 16) {
        const part = toHex(bytes.subarray(at, at + 16))
        assert.ok(!seen.has(part) && !/^0+$/.test(part), part)
        seen.add(part)
      }
    }
  }
  assert.equal(machineRandom(0).length, 0)
})
