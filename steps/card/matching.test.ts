import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fromHex } from '../../protocols/bytes/bytes.ts'
import { parseTlv } from '../../protocols/tlv/tlv.ts'
import { fits, shown, shownAnswer, statusOf, structureOf } from './matching.ts'

describe('a value and what a feature file says of it', () => {
  const cases: [value: string | null, expected: string, fits: boolean][] = [
    ['9F02', '9F02', true],
    ['9F02', '9F 02', true],
    ['9F02', '9F0x', true],
    ['9F02', 'xxxx', true],
    ['9F02', '9F03', false],
    ['9F02', '9F', false],
    ['9F02', '9F0200', false],
    ['9F02', '2 bytes', true],
    ['9F', '1 byte', true],
    ['9F02', '3 bytes', false],
    ['6465656E', '"deen"', true],
    ['6465656E', '"dee"', false],
    ['', '', true],
    ['', 'none', false],
    [null, 'none', true],
    [null, '', false],
    [null, '0 bytes', false],
  ]
  for (const [value, expected, wanted] of cases) {
    test(`${value ?? 'nothing'} ${wanted ? 'is' : 'is not'} ${expected}`, () => {
      assert.equal(fits(value === null ? undefined : fromHex(value), expected), wanted)
    })
  }

  test('what is neither throws', () => {
    assert.throws(
      () => fits(fromHex('9F02'), 'deen'),
      /expected hexadecimal, "text", a number of bytes or none/,
    )
    assert.throws(() => fits(fromHex('9F02'), '9f02'), /got "9f02"/)
  })
})

test('tags as they stand in each other', () => {
  const fci = parseTlv(fromHex('6F148407A0000000041010A5095004544553548701019000'.slice(0, -4)))
  assert.equal(structureOf(fci), '6F(84 A5(50 87))')
  assert.equal(structureOf([]), '')
})

test('messages hold no account number', () => {
  const pan = fromHex('5413330089010434')
  assert.equal(shown('5A', pan), '541333******0434')
  assert.equal(shown('5A', undefined), 'none')
  assert.equal(shown('9F36', fromHex('0001')), '0001')
  const record = { data: fromHex('700A5A085413330089010434'), sw: 0x9000 }
  assert.doesNotMatch(shownAnswer(record), /5413330089010434/)
  assert.equal(statusOf({ data: new Uint8Array(), sw: 0x6283 }), '6283')
})
