import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromHex } from '../../../protocols/bytes/bytes.ts'
import { TornLog, type TornRecord } from './torn-log.ts'

const record = (pan: string, at: number, panSequenceNumber = '01'): TornRecord => ({
  pan: fromHex(pan),
  panSequenceNumber: fromHex(panSequenceNumber),
  data: new Map(),
  at,
})

test('a record is found by account and sequence number, and only by both', () => {
  const log = new TornLog({ records: 2, lifetimeMs: 1000 })
  const first = record('1111', 0)
  assert.equal(log.add(first), null)
  assert.equal(log.find(record('1111', 5)), first)
  assert.equal(log.find(record('1111', 0, '02')), null)
  assert.equal(log.find(record('2222', 0)), null)
})

test('a new record of a card takes the place of its former one', () => {
  const log = new TornLog({ records: 2, lifetimeMs: 1000 })
  log.add(record('1111', 0))
  const second = record('1111', 1)
  assert.equal(log.add(second), null)
  assert.equal(log.size, 1)
  assert.equal(log.find(second), second)
})

test('the oldest record is handed back when there is no room', () => {
  const log = new TornLog({ records: 2, lifetimeMs: 1000 })
  const oldest = record('1111', 0)
  log.add(oldest)
  log.add(record('2222', 1))
  assert.equal(log.add(record('3333', 2)), oldest)
  assert.equal(log.size, 2)
})

test('records older than their lifetime are dropped and handed back', () => {
  const log = new TornLog({ records: 2, lifetimeMs: 1000 })
  const old = record('1111', 0)
  log.add(old)
  log.add(record('2222', 1))
  assert.deepEqual(log.clean(1000), [])
  assert.deepEqual(log.clean(1001), [old])
  assert.equal(log.size, 1)
})
