import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromHex } from '../../../protocols/bytes/bytes.ts'
import type { Memory } from '../memory.ts'
import type { CardState } from '../state.ts'
import { brokenRules, type Exchange } from './consistency.ts'
import { Session } from './session.ts'

const READ = '00B2010C00'
const LOG_ENTRY = new Uint8Array(3)

/** A card of which nothing is wrong, in the middle of a transaction, and an exchange in which nothing happened. */
function quiet(): { exchange: Exchange; memory: Memory } {
  const session = new Session('mchip-like-contact')
  session.begin()
  const state = session.card.snapshot()
  const [memory = assert.fail('no memory')] = state.memories
  const exchange = { command: fromHex(READ), answer: fromHex('6A83'), before: state, after: state }
  return { exchange, memory }
}

const REMEMBERED: readonly [rule: RegExp, change: Partial<Memory>][] = [
  [/ATC to rise by one/, { atc: 2 }],
  [/ATC to rise by one/, { atc: 0 }],
  [/not behind the last online one/, { lastOnlineAtc: 2 }],
  [/PIN tries from 0 to 15/, { pinTries: -1 }],
  [/PIN tries to change by VERIFY/, { pinTries: 2 }],
  [/a PIN of 4 to 12 digits/, { pin: '12A4' }],
  [/whole counters/, { offlineAmount: Number.NaN }],
  [/whole counters/, { scripts: 16 }],
  [/a log as long as/, { log: [LOG_ENTRY] }],
  [/torn transactions/, { torn: [{ key: new Uint8Array(4), response: LOG_ENTRY }] }],
  [/written values/, { written: new Map([['9F14', new Uint8Array(2)]]) }],
  [/written values/, { written: new Map([['9F36', new Uint8Array(2)]]) }],
  [/written records/, { records: new Map([['9/9', LOG_ENTRY]]) }],
]

for (const [rule, change] of REMEMBERED)
  test(`a memory that says ${Object.keys(change).join()} breaks: ${rule.source}`, () => {
    const { exchange, memory } = quiet()
    assert.deepEqual(brokenRules(exchange), [])
    const after = { ...exchange.after, memories: [{ ...memory, ...change }] }
    assert.match(brokenRules({ ...exchange, after }).join('\n'), rule)
  })

test('a blocked application is not unblocked by another command', () => {
  const { exchange, memory } = quiet()
  const before = { ...exchange.before, memories: [{ ...memory, blocked: true }] }
  assert.match(brokenRules({ ...exchange, before }).join('\n'), /blocked application to stay blocked/)
})

const KNOWN: readonly [rule: RegExp, change: Partial<CardState>][] = [
  [/a selected application exactly/, { selected: null }],
  [/a transaction exactly/, { transaction: null }],
  [/other applications to be left alone/, { selected: null, stage: 'idle', transaction: null, memories: [] }],
]

for (const [rule, change] of KNOWN)
  test(`a card that knows another ${Object.keys(change).join()} breaks: ${rule.source}`, () => {
    const { exchange } = quiet()
    assert.match(brokenRules({ ...exchange, after: { ...exchange.after, ...change } }).join('\n'), rule)
  })

test('a blocked card is not unblocked', () => {
  const { exchange } = quiet()
  const before = { ...exchange.before, blocked: true }
  assert.match(brokenRules({ ...exchange, before }).join('\n'), /a blocked card to stay blocked/)
})

for (const [answer, rule] of [
  ['6F00', /a status word of/],
  ['016A83', /data with 9000 and 6283 alone/],
  [`${'00'.repeat(257)}9000`, /no more data than Le/],
] as const)
  test(`an answer of ${answer.length / 2} bytes breaks: ${rule.source}`, () => {
    const { exchange } = quiet()
    assert.match(brokenRules({ ...exchange, answer: fromHex(answer) }).join('\n'), rule)
  })
