import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { deserializeIlpReply, isFulfill, serializeIlpPrepare } from 'ilp-packet'
import { ManualClock } from '../../../protocols/clock/manual-clock.ts'
import type { HttpAnswer } from '../../common/http-client.ts'
import { eventually, type Pair, startPair } from '../test-pair.ts'
import { conditionOf, fulfilmentOf, seal, streamKeys } from './stream-crypto.ts'
import { encodeStreamPacket, ILP_TYPE } from './stream-packet.ts'

const OCTETS = 'application/octet-stream'
const TOKEN = 'Bearer to-m'

interface Method {
  ilpAddress: string
  sharedSecret: string
}

async function withPair(run: (pair: Pair, clock: ManualClock) => Promise<void>): Promise<void> {
  const clock = new ManualClock()
  const pair = await startPair({ clock })
  try {
    await run(pair, clock)
  } finally {
    await pair.close()
  }
}

/** An incoming payment of 500 at the shop, and how to reach it. */
async function method({ merchant, http }: Pair): Promise<Method> {
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
  const path = new URL(createIncomingPayment.payment.url).pathname
  const { body } = await http.call({
    to: 'rafiki-merchant',
    method: 'GET',
    url: merchant.rafiki.openPaymentsUrl + path,
    headers: { authorization: 'GNAP to-m' },
    timeoutMs: 5_000,
  })
  const [first] = (body as { methods: Method[] }).methods
  assert.ok(first)
  return first
}

interface Wish {
  amount?: string
  least?: bigint
  ilpType?: 12 | 13
  destination?: string
  secret?: Uint8Array
  condition?: Uint8Array
  lifetimeMs?: number
}

function prepareOf({ ilpAddress, sharedSecret }: Method, wish: Wish, now: number): Buffer {
  const keys = streamKeys(wish.secret ?? Buffer.from(sharedSecret, 'base64url'))
  const packet = {
    ilpType: wish.ilpType ?? ILP_TYPE.prepare,
    sequence: 1n,
    amount: wish.least ?? 0n,
    money: [],
  }
  const data = seal(keys.encryption, randomBytes(12), encodeStreamPacket(packet))
  return serializeIlpPrepare({
    amount: wish.amount ?? '500',
    destination: wish.destination ?? ilpAddress,
    executionCondition: Buffer.from(wish.condition ?? conditionOf(fulfilmentOf(keys, data))),
    expiresAt: new Date(now + (wish.lifetimeMs ?? 30_000)),
    data: Buffer.from(data),
  })
}

function post({ http, merchant }: Pair, body: unknown, headers: Record<string, string>): Promise<HttpAnswer> {
  return http.call({
    to: 'rafiki-merchant',
    method: 'POST',
    url: merchant.rafiki.ilpUrl,
    body,
    headers,
    timeoutMs: 5_000,
  })
}

async function codeFor(pair: Pair, octets: Uint8Array): Promise<string> {
  const { status, body } = await post(pair, octets, { authorization: TOKEN, 'content-type': OCTETS })
  assert.equal(status, 200)
  const reply = deserializeIlpReply(Buffer.from(body as Uint8Array))
  return isFulfill(reply) ? 'fulfilled' : reply.code
}

test('only peers are served, and only packets', async () => {
  await withPair(async (pair) => {
    const cases: [headers: Record<string, string>, status: number, text: string][] = [
      [{ 'content-type': OCTETS }, 401, 'Bearer token required in Authorization header'],
      [
        { 'content-type': OCTETS, authorization: 'Basic to-m' },
        401,
        'Bearer token required in Authorization header',
      ],
      [{ 'content-type': OCTETS, authorization: 'Bearer x' }, 401, 'Access Denied - Invalid Token'],
      [
        { 'content-type': 'text/plain', authorization: TOKEN },
        400,
        'Expected Content-Type of application/octet-stream',
      ],
    ]
    for (const [headers, status, text] of cases) {
      const answer = await post(pair, Buffer.from([12, 0]), headers)
      assert.deepEqual([answer.status, answer.body], [status, text])
    }
  })
})

const foreign = randomBytes(32)
const WISHES: [what: string, wish: Wish, code: string][] = [
  ['expired', { lifetimeMs: 0 }, 'R00'],
  ['another connector', { destination: 'test.other.x' }, 'F02'],
  ['this connector itself', { destination: 'test.shop' }, 'F02'],
  [
    'no payment of this connector',
    { destination: `test.shop.${randomBytes(16).toString('base64url')}` },
    'F02',
  ],
  ['another secret', { secret: foreign }, 'F06'],
  ['the data of a Fulfill', { ilpType: 13 }, 'F00'],
  ['a condition nobody can fulfil', { condition: foreign }, 'F99'],
  ['less than the least', { least: 501n }, 'F99'],
  ['more than the peer may send', { amount: '1000000001' }, 'T04'],
  ['nothing', { amount: '0' }, 'fulfilled'],
  ['a part', { amount: '200', least: 200n }, 'fulfilled'],
  ['the rest', { amount: '300', least: 300n }, 'fulfilled'],
  ['more than was asked for', { amount: '1' }, 'F02'],
]

test('what becomes of a packet', async () => {
  await withPair(async (pair, clock) => {
    const to = await method(pair)
    assert.equal(await codeFor(pair, Buffer.from([12, 0])), 'F01')
    assert.equal(await codeFor(pair, Buffer.alloc(0)), 'F01')
    for (const [what, wish, code] of WISHES)
      assert.equal(await codeFor(pair, prepareOf(to, wish, clock.now())), code, what)
    const types = pair.merchant.webhooks.map(({ type }) => type)
    assert.deepEqual(types, ['incoming_payment.created', 'incoming_payment.completed'])
  })
})

test('a payment that has got only a part when it expires: event with the part, no more money', async () => {
  await withPair(async (pair, clock) => {
    const to = await method(pair)
    assert.equal(await codeFor(pair, prepareOf(to, { amount: '200' }, clock.now())), 'fulfilled')
    clock.advance(30 * 24 * 3_600_000)
    assert.equal(await codeFor(pair, prepareOf(to, { amount: '300' }, clock.now())), 'F02')
    await eventually(() => pair.merchant.webhooks.length === 2, 'the expired event')
    const last = pair.merchant.webhooks.at(-1)
    assert.deepEqual([last?.type, last?.data.completed], ['incoming_payment.expired', false])
    assert.deepEqual(last?.data.receivedAmount, { value: '200', assetCode: 'EUR', assetScale: 2 })
  })
})
