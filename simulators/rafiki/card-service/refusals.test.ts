import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../../protocols/clock/manual-clock.ts'
import type { HttpAnswer } from '../../common/http-client.ts'
import { ALICE, eventually, type Pair, SHOP, startPair, TENANT } from '../test-pair.ts'

const ID = '0d0e0f10-1112-4314-9516-171819202122'

async function withPair(run: (pair: Pair, clock: ManualClock) => Promise<void>): Promise<void> {
  const clock = new ManualClock()
  const pair = await startPair({ clock })
  try {
    await run(pair, clock)
  } finally {
    await pair.close()
  }
}

async function incomingPayment({ merchant }: Pair): Promise<string> {
  const { createIncomingPayment } = await merchant.admin.run<{
    createIncomingPayment: { payment: { url: string } }
  }>(
    'mutation ($input: CreateIncomingPaymentInput!) { createIncomingPayment(input: $input) { payment { url } } }',
    {
      input: {
        walletAddressId: merchant.walletAddressId,
        incomingAmount: { value: '500', assetCode: 'EUR', assetScale: 2 },
      },
    },
  )
  return createIncomingPayment.payment.url
}

function bodyOf(incomingPaymentUrl: string): Record<string, unknown> {
  return {
    requestId: ID,
    signature: '00',
    payload: '77',
    amount: { value: '500', assetCode: 'EUR', assetScale: 2 },
    senderWalletAddress: ALICE,
    incomingPaymentUrl,
    timestamp: 1_767_225_600_000,
  }
}

const call = ({ http, customer }: Pair, path: string, body: unknown): Promise<HttpAnswer> =>
  http.call({
    to: 'rafiki-customer',
    method: 'POST',
    url: `${customer.rafiki.cardServiceUrl}${path}`,
    body,
    timeoutMs: 120_000,
  })

const unknownPayment = `https://shop.test.example/${TENANT}/incoming-payments/${ID}`
const REFUSED: [what: string, changes: Record<string, unknown>, answer: [number, string]][] = [
  ['no request id', { requestId: undefined }, [400, 'Bad Request']],
  ['request id is no UUID', { requestId: '5' }, [400, 'Bad Request']],
  ['timestamp is text', { timestamp: '5' }, [400, 'Bad Request']],
  ['amount value is a number', { amount: { value: 500 } }, [400, 'Bad Request']],
  ['sender is no URL', { senderWalletAddress: 'alice' }, [400, 'Bad Request']],
  ['unknown sender', { senderWalletAddress: `${ALICE}2` }, [404, 'Not Found']],
  ['sender of the other side', { senderWalletAddress: SHOP }, [404, 'Not Found']],
  ['unknown incoming payment', { incomingPaymentUrl: unknownPayment }, [500, 'Internal Server Error']],
  ['no incoming payment', { incomingPaymentUrl: SHOP }, [500, 'Internal Server Error']],
  [
    'nobody at the receiver',
    { incomingPaymentUrl: unknownPayment.replace('shop.test.example', '127.0.0.1:1') },
    [500, 'Internal Server Error'],
  ],
]

test('refused requests are answered as text, and reach no issuer', async () => {
  await withPair(async (pair) => {
    const body = bodyOf(await incomingPayment(pair))
    for (const [what, changes, answer] of REFUSED) {
      const { status, body: text } = await call(pair, '/payment', { ...body, ...changes })
      assert.deepEqual([status, text], answer, what)
    }
    assert.deepEqual(pair.customer.webhooks, [])
  })
})

test('an issuer that is silent for 30 s: 504', async () => {
  await withPair(async (pair, clock) => {
    pair.customer.onWebhook = () => 200
    const answer = call(pair, '/payment', bodyOf(await incomingPayment(pair)))
    await eventually(() => pair.customer.webhooks.length === 1, 'the event')
    clock.advance(30_000)
    const { status, body } = await answer
    assert.deepEqual([status, body], [504, 'Gateway Timeout'])
  })
})

const event = (type: string, data: Record<string, unknown> = {}): Record<string, unknown> => ({
  id: ID,
  type: `outgoing_payment.${type}`,
  data: { id: ID, cardDetails: { requestId: ID }, ...data },
})
const description = (reason: string): string =>
  `Card payment failure reason "${reason}" for cancelled payment request "${ID}" and outgoing payment "${ID}"`

// Events are taken from anyone, unsigned: so a test can play the backend.
const EVENTS: [event: Record<string, unknown>, status: number, body: unknown][] = [
  [event('funded'), 201, { requestId: ID, result: { code: 'approved' } }],
  [
    event('cancelled', { metadata: { cardPaymentFailureReason: 'invalid_signature' } }),
    201,
    { requestId: ID, result: { code: 'invalid_signature', description: 'Invalid card signature' } },
  ],
  [
    event('cancelled', { metadata: { cardPaymentFailureReason: 'invalid_request' } }),
    400,
    { error: { code: 'invalid_request', description: description('invalid_request') } },
  ],
  [event('cancelled'), 400, { error: { code: 'invalid_request', description: description('unknown') } }],
]

test('the answer follows from the event', async () => {
  await withPair(async (pair) => {
    const { customer } = pair
    customer.onWebhook = () => 200
    const body = bodyOf(await incomingPayment(pair))
    for (const [index, [sent, status, expected]] of EVENTS.entries()) {
      const answer = call(pair, '/payment', body)
      await eventually(() => customer.webhooks.length > index, 'the created event')
      assert.equal((await call(pair, '/webhook', sent)).status, 200)
      const got = await answer
      assert.deepEqual([got.status, got.body], [status, expected])
    }
  })
})

test('events nobody waits for are taken, events of another form are not', async () => {
  await withPair(async (pair) => {
    const status = async (body: unknown) => (await call(pair, '/webhook', body)).status
    assert.equal(await status(event('funded')), 200)
    assert.equal(await status(event('completed')), 400)
    assert.equal(await status({ ...event('funded'), data: { id: ID } }), 400)
    assert.equal(await status({}), 400)
  })
})
