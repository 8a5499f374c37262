import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import { parseDol } from '../../../protocols/tlv/dol.ts'
import { parseTlv } from '../../../protocols/tlv/tlv.ts'
import { CardDataError } from '../step.ts'
import { DataStore } from './data-store.ts'

test("a card cannot replace the terminal's objects", () => {
  const data = new DataStore()
  data.set('9F37', fromHex('01020304'))
  data.addRecord(parseTlv(fromHex('9F3704FFFFFFFF5F340101')), new Set())
  data.learn('9F37', fromHex('FFFFFFFF'))
  assert.equal(toHex(data.require('9F37')), '01020304')
  assert.equal(toHex(data.require('5F34')), '01')
})

test('records bring each object once; other answers may come again', () => {
  const data = new DataStore()
  const seen = new Set<string>()
  data.learn('50', fromHex('41'))
  data.addRecord(parseTlv(fromHex('500142')), seen)
  assert.throws(() => data.addRecord(parseTlv(fromHex('500142')), seen), CardDataError)
  data.learn('50', fromHex('43'))
  assert.equal(toHex(data.require('50')), '43')
})

test('objects inside templates are taken, templates are not', () => {
  const data = new DataStore()
  data.addRecord(parseTlv(fromHex('BF0C045F500141')), new Set())
  assert.deepEqual(data.cardTags(), ['5F50'])
})

test('an object that nobody has is named without its value', () => {
  assert.throws(() => new DataStore().require('5A'), /expected 5A .*PAN.* it is missing/)
})

test('a list is filled from both sides, with zeros for the rest, and a status as it is now', () => {
  const data = new DataStore()
  const tvr = new Uint8Array(5)
  data.set('95', tvr)
  data.learn('9F36', fromHex('0007'))
  tvr[0] = 0x80
  assert.equal(toHex(data.build(parseDol(fromHex('95059F36029F3704')))), '8000000000000700000000')
})
