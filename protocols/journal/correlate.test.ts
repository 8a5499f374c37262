import assert from 'node:assert/strict'
import { test } from 'node:test'
import { correlate } from './correlate.ts'
import type { JournalEntry } from './journal.ts'

const AT = Date.parse('2026-01-01T12:00:00.000Z')

const asked = (correlation: string, signature: string, timestamp: number): JournalEntry => ({
  kind: 'http',
  from: 'merchant-ase',
  to: 'rafiki-merchant',
  method: 'POST',
  url: 'http://127.0.0.1:3008/payment',
  status: 200,
  requestHeaders: {},
  requestBody: { signature, timestamp },
  responseBody: null,
  us: 5,
  at: 9,
  correlation,
})

const created = (outgoing: string, signature: string, timestamp: number): JournalEntry => ({
  kind: 'webhook',
  to: 'customer-ase',
  type: 'outgoing_payment.created',
  id: 'event',
  verdict: 'taken',
  body: {
    data: {
      id: outgoing,
      receiver: `https://shop.example/tenant/incoming-payments/in-${outgoing}`,
      cardDetails: {
        requestId: `asked-${outgoing}`,
        initiatedAt: new Date(timestamp).toISOString(),
        data: { signature },
      },
    },
  },
  us: 1,
  at: 2,
  correlation: outgoing,
})

const fact = (correlation?: string): JournalEntry => ({
  kind: 'fact',
  party: 'bench',
  text: '',
  at: 1,
  ...(correlation === undefined ? {} : { correlation }),
})

const correlations = (entries: JournalEntry[]) => correlate(entries).map(({ correlation }) => correlation)

test("Rafiki's ids are the tap's, also in entries before it is known whose they are", () => {
  const facts = [fact('out'), fact('in-out'), fact('asked-out')]
  assert.deepEqual(
    correlations([...facts, created('out', 'AB', AT), asked('tap', 'AB', AT)]),
    Array(5).fill('tap'),
  )
})

test('the same card data at another moment are of another tap', () => {
  const entries = [
    created('a', 'AB', AT),
    created('b', 'AB', AT + 1),
    asked('one', 'AB', AT),
    asked('two', 'AB', AT + 1),
  ]
  assert.deepEqual(correlations(entries), ['one', 'two', 'one', 'two'])
})

test('what belongs to nothing known stays as it is', () => {
  const stray = created('out', 'CD', AT)
  assert.deepEqual(correlations([fact(), fact('x'), stray, asked('tap', 'AB', AT)]), [
    undefined,
    'x',
    'out',
    'tap',
  ])
})
