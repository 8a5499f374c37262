import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JournalEntry } from '../../protocols/journal/journal.ts'
import { BenchLog } from './bench-log.ts'
import { linesOf } from './lines.ts'

const ID = '5f0e8a3c-0d5a-4c52-9d1f-2f0b6f6b7a11'
const BEGAN_US = 1_795_000_000_000_000

function call(at: number, status: number | null, more: { requestBody?: unknown } = {}): JournalEntry {
  const wire = {
    from: 'pos',
    to: 'merchant-ase',
    method: 'POST',
    url: 'http://127.0.0.1:1/payments',
  } as const
  const rest = { requestHeaders: {}, requestBody: null, responseBody: null, us: 100, correlation: ID }
  return { kind: 'http', ...wire, status, ...rest, ...more, at }
}

const step = (at: number): JournalEntry => ({
  kind: 'terminal',
  step: 'selection',
  detail: 'interledger',
  correlation: ID,
  at,
})
const webhook = (at: number, verdict: 'taken' | 'duplicate' | 'refused'): JournalEntry => ({
  kind: 'webhook',
  to: 'customer-ase',
  type: 'outgoing_payment.created',
  id: '1',
  verdict,
  body: {},
  us: 1,
  at,
})

test('a tap begins and ends with its id, around what passed in between, at its moments', () => {
  const lines = linesOf([step(1_000), call(5_000, 200), step(9_000)], BEGAN_US)
  const shown = lines
    .filter(({ level }) => level !== 'debug')
    .map(({ at, text, fields }) => [at - BEGAN_US / 1_000, text, fields.correlation])
  assert.deepEqual(shown, [
    [1, 'tap began', ID],
    [5, 'POST /payments', ID],
    [9, 'tap ended', ID],
  ])
})

for (const [name, entry, level] of [
  ['an answer', call(1, 200), 'info'],
  ['a refusal, which is an answer', call(1, 400), 'info'],
  ['no answer', call(1, null), 'warn'],
  ['a server that failed', call(1, 503), 'warn'],
  ['a webhook', webhook(1, 'taken'), 'info'],
  ['a webhook that was sent again', webhook(1, 'duplicate'), 'warn'],
  ['a webhook that will be', webhook(1, 'refused'), 'warn'],
] as const)
  test(`${name} is written as ${level}`, () => {
    assert.equal(linesOf([entry], BEGAN_US)[0]?.level, level)
  })

test('the bodies of a call are for debug alone, and redacted there', () => {
  const pinBlock = 'C0FFEE00C0FFEE00'
  const entries = [call(1, 200, { requestBody: { card: { pinBlock }, note: 'PAN 4111111111111111' } })]
  const logged = (LOG_LEVEL: string) => {
    const lines: string[] = []
    new BenchLog({ LOG_LEVEL }, { write: (line) => void lines.push(line) }).journal(entries, BEGAN_US)
    return lines
  }
  const [info, ...more] = logged('info')
  assert.deepEqual(
    [JSON.parse(info ?? '').status, more.length, info?.includes('requestBody')],
    [200, 0, false],
  )
  const debug = logged('debug').join('')
  assert.match(debug, /"requestBody":.*411111\*{6}1111/)
  assert.ok(!debug.includes(pinBlock) && !debug.includes('4111111111111111'))
  assert.equal(JSON.parse(info ?? '').time, BEGAN_US / 1_000)
})
