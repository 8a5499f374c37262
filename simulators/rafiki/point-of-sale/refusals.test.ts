import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../../protocols/clock/manual-clock.ts'
import { signRafiki } from '../../../protocols/signatures/rafiki.ts'
import type { HttpAnswer } from '../../common/http-client.ts'
import { ALICE, type Pair, SECRETS, SHOP, startPair } from '../test-pair.ts'

const ID = '0d0e0f10-1112-4314-9516-171819202122'
const EURO = { assetCode: 'EUR', assetScale: 2 }

// Contract: whatever is wrong with a payment, point-of-sale answers the same.
const PAYMENTS: Record<string, Record<string, unknown>> = {
  'unknown sender': { senderWalletAddress: 'https://wallet.test.example/nobody' },
  'unknown sender host': { senderWalletAddress: 'http://127.0.0.1:1/alice' },
  'sender is no URL': { senderWalletAddress: '$wallet.test.example/alice' },
  'unknown receiver': { receiverWalletAddress: 'https://shop.test.example/nobody' },
  'receiver of the other side': { receiverWalletAddress: ALICE },
  'both on one instance': { senderWalletAddress: SHOP },
  'wrong currency': { amount: { value: '500', assetCode: 'USD', assetScale: 2 } },
  'wrong scale': { amount: { value: '500', assetCode: 'EUR', assetScale: 3 } },
  'amount 0': { amount: { ...EURO, value: '0' } },
  'amount negative': { amount: { ...EURO, value: '-5' } },
  'amount not a number': { amount: { ...EURO, value: 'ten' } },
  'no amount': { amount: undefined },
  'no payload': { payload: undefined },
  'payload no text': { payload: 5 },
  'no timestamp': { timestamp: undefined },
  'timestamp out of range': { timestamp: 9e15 },
}

async function withPair(run: (pair: Pair) => Promise<void>): Promise<void> {
  const pair = await startPair({ clock: new ManualClock() })
  try {
    await run(pair)
  } finally {
    await pair.close()
  }
}

const seen = ({ status, body }: HttpAnswer): [number, unknown] => [status, body]

test('every refused payment is 400 invalid_request, and reaches no issuer', async () => {
  await withPair(async ({ pay, customer }) => {
    for (const [what, changes] of Object.entries(PAYMENTS))
      assert.deepEqual(seen(await pay(changes)), [400, { error: { code: 'invalid_request' } }], what)
    assert.deepEqual(customer.webhooks, [])
  })
})

test('fields that nobody knows pass', async () => {
  await withPair(async ({ pay }) => {
    assert.deepEqual(seen(await pay({ terminal: 'x' })), [200, { result: { code: 'approved' } }])
  })
})

test('bodies that are no JSON, or too large, are refused as text', async () => {
  await withPair(async ({ http, merchant }) => {
    const url = `${merchant.rafiki.pointOfSaleUrl}/payment`
    const headers = { 'content-type': 'application/json' }
    const send = async (body: string) =>
      seen(await http.call({ to: 'rafiki-merchant', method: 'POST', url, headers, body, timeoutMs: 5_000 }))
    assert.deepEqual(await send('{"signature":'), [400, 'Bad Request'])
    assert.deepEqual(await send(JSON.stringify({ payload: 'A'.repeat(1_100_000) })), [
      413,
      'request entity too large',
    ])
  })
})

const completed = { id: ID, type: 'incoming_payment.completed', data: { id: ID, completed: true } }
const sign = (version = 1, secret: string = SECRETS['rafiki-merchant'].webhooks, at = 0): string =>
  signRafiki(completed, { secret, version }, at)

const WEBHOOKS: [what: string, body: unknown, signature: string | undefined, answer: [number, string]][] = [
  ['unsigned, nobody waits', completed, undefined, [404, 'Not awaiting webhook for incoming payment id']],
  [
    'signed 50 years ago, nobody waits',
    completed,
    sign(),
    [404, 'Not awaiting webhook for incoming payment id'],
  ],
  [
    'other type',
    { ...completed, type: 'incoming_payment.created' },
    undefined,
    [400, 'Invalid webhook event type'],
  ],
  ['wrong secret', completed, sign(1, 'x'), [401, 'invalid webhook signature']],
  ['other version', completed, sign(2), [401, 'invalid webhook signature']],
  ['other body', { ...completed, id: 'x' }, sign(), [401, 'invalid webhook signature']],
  ['malformed signature', completed, 'nonsense', [500, 'Internal Server Error']],
  ['no data', { type: 'incoming_payment.completed' }, undefined, [500, 'Internal Server Error']],
]

test('webhooks to point-of-sale', async () => {
  await withPair(async ({ http, merchant }) => {
    const url = `${merchant.rafiki.pointOfSaleUrl}/webhook`
    for (const [what, body, signature, answer] of WEBHOOKS) {
      const headers = signature === undefined ? {} : { 'rafiki-signature': signature }
      const got = await http.call({
        to: 'rafiki-merchant',
        method: 'POST',
        url,
        headers,
        body,
        timeoutMs: 5_000,
      })
      assert.deepEqual(seen(got), answer, what)
    }
  })
})
