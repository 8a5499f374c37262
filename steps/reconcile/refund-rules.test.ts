import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MerchantRefund, RefundBooks } from './refund-books.ts'
import { compareRefunds, REFUND_RULES } from './refund-rules.ts'

const EUR = { assetCode: 'EUR', assetScale: 2 }
const REFUND: MerchantRefund = {
  id: 'refund-1',
  terminalId: 'till-1',
  paymentId: 'request-1',
  amount: 200n,
  state: 'completed',
  outgoingPaymentId: 'out-1',
  paid: 500n,
  givenBack: 200n,
}
const OUTGOING = { id: 'out-1', receiver: 'in-1', state: 'COMPLETED', debit: 202n, createdAt: 1_000, ...EUR }
const INCOMING = {
  id: 'in-1',
  walletAddressId: 'holder',
  state: 'COMPLETED',
  expected: 200n,
  received: 200n,
  createdAt: 1_000,
  ...EUR,
}
/** 2.00 of 5.00 EUR, given back. */
const SOUND: RefundBooks = {
  refunds: [REFUND],
  outgoing: [OUTGOING],
  incoming: [INCOMING],
  credits: [{ incomingPaymentId: 'in-1', amount: 200n }],
}
const refund = (change: Partial<MerchantRefund>): Partial<RefundBooks> => ({
  refunds: [{ ...REFUND, ...change }],
})
const NOTHING_CAME = { outgoing: [], incoming: [], credits: [] }

const TABLE: readonly [what: string, change: Partial<RefundBooks>, codes: readonly string[]][] = [
  ['given back', {}, []],
  ['money from somebody else', { incoming: [INCOMING, { ...INCOMING, id: 'in-2' }] }, []],
  [
    'in another currency',
    {
      incoming: [{ ...INCOMING, received: 330n, assetCode: 'JPY' }],
      credits: [{ incomingPaymentId: 'in-1', amount: 330n }],
    },
    [],
  ],
  [
    'sent twice',
    {
      outgoing: [OUTGOING, { ...OUTGOING, id: 'out-2', receiver: 'in-2' }],
      incoming: [INCOMING, { ...INCOMING, id: 'in-2' }],
      credits: [...SOUND.credits, { incomingPaymentId: 'in-2', amount: 200n }],
    },
    ['given_back_without_refund'],
  ],
  ['more than was paid', refund({ givenBack: 501n }), ['refunded_more_than_paid']],
  ['of a payment that is not known', refund({ paid: null }), ['refunded_more_than_paid']],
  ['completed, and nothing came', NOTHING_CAME, ['refund_without_money']],
  ['failed, and the money came', refund({ state: 'failed' }), ['failed_refund_with_money']],
  [
    'another amount came',
    { incoming: [{ ...INCOMING, received: 201n }], credits: [{ incomingPaymentId: 'in-1', amount: 201n }] },
    ['refund_differs'],
  ],
  [
    'another amount was credited',
    { credits: [{ incomingPaymentId: 'in-1', amount: 199n }] },
    ['credit_differs'],
  ],
  ['credited, and nothing came', { incoming: [] }, ['refund_without_money', 'credit_differs']],
  ['under way', refund({ state: 'pending' }), ['refund_under_way']],
  [
    'not sent',
    { ...refund({ state: 'pending', outgoingPaymentId: null }), ...NOTHING_CAME },
    ['refund_not_sent'],
  ],
  ['not credited', { credits: [] }, ['refund_not_credited']],
]

for (const [what, change, codes] of TABLE)
  test(`a refund, ${what}: ${codes.length === 0 ? 'nothing to reconcile' : codes.join(', ')}`, () => {
    const found = compareRefunds({ ...SOUND, ...change }).map(({ code }) => code)
    assert.deepEqual(found.toSorted(), [...codes].toSorted())
  })

test('every rule about refunds is broken by a line of the table', () => {
  const seen = new Set(TABLE.flatMap(([, , codes]) => codes))
  assert.deepEqual(
    REFUND_RULES.map(({ code }) => code).filter((code) => !seen.has(code)),
    [],
  )
})
