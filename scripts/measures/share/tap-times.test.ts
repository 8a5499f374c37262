import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JournalEntry, Party } from '../../../protocols/journal/journal.ts'
import { timesOf } from './tap-times.ts'

/** A request that is under way from `began` to `at`. */
const call = (from: Party, to: Party, began: number, at: number, operation = ''): JournalEntry => ({
  kind: 'http',
  from,
  to,
  method: 'POST',
  url: 'http://service.example/',
  status: 200,
  requestHeaders: {},
  requestBody: { query: operation },
  responseBody: null,
  us: at - began,
  at,
})

const webhook = (type: string, cameAt: number, at: number): JournalEntry => ({
  kind: 'webhook',
  to: 'customer-ase',
  type,
  id: 'event',
  verdict: 'taken',
  body: null,
  us: at - cameAt,
  at,
})

const ASKED = webhook('outgoing_payment.created', 300, 310)
const PAID = call('merchant-ase', 'rafiki-merchant', 100, 900)
const FUNDED = call('customer-ase', 'rafiki-customer', 400, 450, 'depositOutgoingPaymentLiquidity')
const POSTED = call('pos', 'merchant-ase', 60, 920)

test("Rafiki's time is that of its requests, without the issuer's turn in them", () => {
  const times = timesOf([ASKED, FUNDED, PAID, POSTED], [0, 1_000])
  assert.deepEqual(times, { total: 1_000, harness: 300, before: 100, meanwhile: 100, after: 100 })
})

test('what the issuer asks Rafiki in its turn is the time of Rafiki', () => {
  const receiver = call('customer-ase', 'rafiki-customer', 320, 360, 'receiver')
  assert.equal(timesOf([ASKED, receiver, FUNDED, PAID], [0, 1_000]).meanwhile, 60)
})

test('requests side by side count once, and none beyond the tap', () => {
  const beside = call('merchant-ase', 'rafiki-merchant', 200, 250)
  const settling = call('customer-ase', 'rafiki-customer', 880, 1_400, 'createOutgoingPaymentWithdrawal')
  const times = timesOf([ASKED, FUNDED, beside, PAID, settling], [0, 1_000])
  assert.deepEqual(times, { total: 1_000, harness: 200, before: 100, meanwhile: 100, after: 0 })
})

test('a request before the tap and another afterwards change nothing', () => {
  const others = [call('bench', 'rafiki-customer', -50, -10), call('bench', 'rafiki-customer', 1_010, 1_020)]
  assert.equal(timesOf([ASKED, FUNDED, PAID, ...others], [0, 1_000]).harness, 300)
})

for (const [what, journal] of [
  ['the event that asked the issuer', [FUNDED, PAID]],
  ['a deposit', [ASKED, PAID]],
] as const)
  test(`a journal without ${what} is no measurement`, () => {
    assert.throws(() => timesOf(journal, [0, 1_000]), /expected the journal of an approved tap to have/)
  })
