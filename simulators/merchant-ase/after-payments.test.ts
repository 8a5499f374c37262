import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import { freePorts } from '../../hardware/net/free-ports.ts'
import { ManualClock } from '../../protocols/clock/manual-clock.ts'
import { signRequest } from '../../protocols/signatures/http-message.ts'
import { signRafiki } from '../../protocols/signatures/rafiki.ts'
import { testDatabase } from '../common/testing/test-database.ts'
import { type MerchantAse, startMerchantAse } from './merchant-ase.ts'
import { type StubAnswer, type StubRafiki, startStubRafiki } from './testing/stub-rafiki.ts'
import { post, StubTerminal } from './testing/stub-terminal.ts'

const WEBHOOKS = { secret: 'webhook secret of a test', version: 1 }

const clock = new ManualClock(Date.UTC(2026, 10, 21, 12))
let rafiki: StubRafiki
let ase: MerchantAse
let terminal: StubTerminal
/** By name of the operation: what Rafiki's Admin API answers instead of the usual. */
let admin: Record<string, () => StubAnswer>
let approves: boolean
/** Rafiki's id of the merchant's wallet address: another for each test, since money is told apart by it. */
let receiverId: string

interface Asked {
  query: string
  variables: { input: Record<string, unknown> }
}

const data = (body: unknown): StubAnswer => ({ status: 200, body: { data: body } })
const refusal = (message: string): StubAnswer => ({
  status: 200,
  body: { errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }] },
})
const nameOf = (body: unknown) => /^(?:query|mutation) (\w+)/.exec((body as Asked).query)?.[1] ?? ''
const askedFor = (name: string) =>
  rafiki.asked.filter(({ path, body }) => path === '/graphql' && nameOf(body) === name)
const inputsOf = (name: string) => askedFor(name).map(({ body }) => (body as Asked).variables.input)

const EUR = { assetCode: 'EUR', assetScale: 2 }
const usual: Record<string, () => StubAnswer> = {
  Receiver: () =>
    data({ createReceiver: { receiver: { id: 'https://wallet.example/1', receivedAmount: EUR } } }),
  Refund: () => data({ createOutgoingPaymentFromIncomingPayment: { payment: { id: randomUUID() } } }),
  Fund: () => data({ depositOutgoingPaymentLiquidity: { success: true } }),
  Withdraw: () => data({ createOutgoingPaymentWithdrawal: { success: true } }),
}

before(async () => {
  rafiki = await startStubRafiki({})
  const [posApi = 0, webhooks = 0] = await freePorts(2)
  ase = await startMerchantAse({
    ports: { posApi, webhooks },
    database: testDatabase('merchant_ase'),
    rafiki: {
      pointOfSaleUrl: rafiki.origin,
      adminUrl: `${rafiki.origin}/graphql`,
      tenantId: 'tenant',
      adminApiSecret: 'admin secret of a test',
      adminApiSignatureVersion: 1,
      webhookSecret: WEBHOOKS.secret,
      webhookSignatureVersion: WEBHOOKS.version,
    },
    hosts: { 'wallet.tapbench.example': rafiki.origin },
    clock,
    journal: { record: () => undefined },
  })
})

after(async () => {
  await ase.close()
  await rafiki.close()
})

beforeEach(async () => {
  rafiki.asked.length = 0
  admin = {}
  approves = true
  receiverId = randomUUID()
  rafiki.answers = {
    '/alice': () => ({ status: 200, body: {} }),
    '/payment': () =>
      approves
        ? { status: 200, body: { result: { code: 'approved' } } }
        : { status: 400, body: { error: { code: 'invalid_request' } } },
    '/graphql': (body) => {
      const name = nameOf(body)
      return (admin[name] ?? usual[name] ?? (() => data({ walletAddressByUrl: { id: receiverId } })))()
    },
  }
  const id = randomUUID()
  terminal = new StubTerminal(`pos-${id}`, ase.url, () => clock.now())
  const wallets = [
    { walletAddress: 'https://shop.tapbench.example/eur', walletAddressId: receiverId, ...EUR },
  ]
  await ase.registry.registerMerchant({ id: `shop-${id}`, name: 'Shop', wallets })
  await ase.registry.registerTerminal({
    id: terminal.id,
    merchantId: `shop-${id}`,
    publicKey: terminal.keys.publicKey,
  })
})

/** Asks for something after a payment, signed by the terminal. */
async function ask(path: string, body: unknown, key = terminal.keys.privateKey): Promise<Answer> {
  return (await send(path, await signed(path, body, key))).body as unknown as Answer
}

async function signed(path: string, body: unknown, privateKey = terminal.keys.privateKey) {
  const text = JSON.stringify(body)
  const identity = {
    keyId: terminal.id,
    privateKey,
    created: clock.now(),
    nonce: randomBytes(12).toString('hex'),
  }
  const request = { method: 'POST', url: `${ase.url}${path}`, body: text }
  const { 'content-length': _, ...headers } = await signRequest(request, identity)
  return { text, headers }
}

function send(path: string, { text, headers }: { text: string; headers: Record<string, string> }) {
  return post(`${ase.url}${path}`, text, headers)
}

interface Answer {
  outcome: string
  code: string | null
  state: string
  received: boolean
  reversed: boolean
  refunds: { id: string; value: string; state: string }[]
  totals: unknown[]
}

async function pay(): Promise<string> {
  const { body } = await terminal.send()
  if (body.requestId === null) throw new Error('expected the POS API to name the request')
  return body.requestId
}

async function tell(type: string, about: object): Promise<void> {
  const event = { id: randomUUID(), type, data: about }
  const headers = { 'rafiki-signature': signRafiki(event, WEBHOOKS, clock.now()) }
  const { status } = await fetch(ase.webhookUrl, { method: 'POST', headers, body: JSON.stringify(event) })
  assert.equal(status, 200)
}

const moneyCame = () =>
  tell('incoming_payment.completed', {
    id: randomUUID(),
    walletAddressId: receiverId,
    receivedAmount: { value: '1250', ...EUR },
  })

const statusOf = (requestId: string) => ask('/payments/status', { requestId })

test('a refund opens a receiver, pays it, funds it, and is completed by the webhook', async () => {
  const paymentId = await pay()
  const outgoing = randomUUID()
  admin.Refund = () => data({ createOutgoingPaymentFromIncomingPayment: { payment: { id: outgoing } } })
  const refund = { requestId: randomUUID(), paymentId, amount: '500' }
  assert.equal((await ask('/payments/refund', refund)).outcome, 'Approved')
  const [receiver] = inputsOf('Receiver')
  assert.deepEqual(receiver?.incomingAmount, { value: '500', ...EUR })
  assert.equal(receiver?.walletAddressUrl, 'https://wallet.tapbench.example/alice')
  assert.equal(inputsOf('Refund')[0]?.walletAddressId, receiverId)
  assert.equal(inputsOf('Fund')[0]?.outgoingPaymentId, outgoing)
  assert.deepEqual((await statusOf(paymentId)).refunds, [
    { id: refund.requestId, value: '500', state: 'pending' },
  ])
  await tell('outgoing_payment.completed', { id: outgoing, balance: '6' })
  assert.equal((await statusOf(paymentId)).refunds[0]?.state, 'completed')
  assert.equal(inputsOf('Withdraw')[0]?.outgoingPaymentId, outgoing)
})

test('a refund is sent once, whatever is repeated', async () => {
  const paymentId = await pay()
  const refund = { requestId: randomUUID(), paymentId, amount: '500' }
  await Promise.all([ask('/payments/refund', refund), ask('/payments/refund', refund)])
  await ask('/payments/refund', refund)
  assert.equal(askedFor('Refund').length, 1)
  assert.equal(new Set(inputsOf('Fund').map(({ idempotencyKey }) => idempotencyKey)).size, 1)
})

test('two refunds at once never give back more than was paid', async () => {
  const paymentId = await pay()
  const refunds = ['700', '700'].map((amount) =>
    ask('/payments/refund', { requestId: randomUUID(), paymentId, amount }),
  )
  const words = (await Promise.all(refunds)).map(({ outcome, code }) => code ?? outcome)
  assert.deepEqual(words.sort(), ['Approved', 'refund_too_much'])
})

test('whether a refund was funded is not known: it is asked for again with the same key', async () => {
  const paymentId = await pay()
  const refund = { requestId: randomUUID(), paymentId }
  admin.Fund = () => 'hang up'
  assert.equal((await ask('/payments/refund', refund)).code, 'refund_not_possible')
  assert.equal((await statusOf(paymentId)).refunds[0]?.state, 'pending')
  admin = {}
  assert.equal((await ask('/payments/refund', refund)).outcome, 'Approved')
  assert.equal(askedFor('Refund').length, 1)
  assert.equal(new Set(inputsOf('Fund').map(({ idempotencyKey }) => idempotencyKey)).size, 1)
})

test('a refund that Rafiki refused may be tried again, with the money that is left', async () => {
  const paymentId = await pay()
  const refund = { requestId: randomUUID(), paymentId }
  admin.Refund = () => refusal('invalid receiver')
  assert.equal((await ask('/payments/refund', refund)).code, 'refund_not_possible')
  admin = {}
  assert.equal((await ask('/payments/refund', refund)).outcome, 'Approved')
  assert.deepEqual(
    (await statusOf(paymentId)).refunds.map(({ value, state }) => [value, state]),
    [['1250', 'pending']],
  )
})

test('the id of a refund of another payment is refused', async () => {
  const [one, other] = [await pay(), await pay()]
  const requestId = randomUUID()
  assert.equal((await ask('/payments/refund', { requestId, paymentId: one })).outcome, 'Approved')
  assert.equal((await ask('/payments/refund', { requestId, paymentId: other })).code, 'request_replayed')
})

test('money that comes for a reversed payment goes back', async () => {
  approves = false
  const paymentId = await pay()
  assert.equal((await ask('/payments/reversal', { requestId: paymentId })).reversed, true)
  assert.equal(askedFor('Refund').length, 0)
  await moneyCame()
  const status = await statusOf(paymentId)
  assert.deepEqual([status.outcome, status.received, status.refunds[0]?.value], ['Failed', true, '1250'])
})

test('money that came while two equal payments were under way is that of the one that was approved', async () => {
  const arrived: (() => void)[] = []
  const both = new Promise<void>((resolve) => {
    rafiki.answers['/payment'] = async () => {
      const isFirst = arrived.length === 0
      const turn = new Promise<void>((go) => arrived.push(go))
      if (!isFirst) resolve()
      await turn
      return isFirst
        ? { status: 400, body: { error: { code: 'invalid_request' } } }
        : { status: 200, body: { result: { code: 'approved' } } }
    }
  })
  const taps = [terminal.send(), terminal.send()]
  await both
  await moneyCame()
  for (const go of arrived) go()
  for (const { body } of await Promise.all(taps)) {
    const { outcome, received } = await statusOf(`${body.requestId}`)
    assert.equal(received, outcome === 'Approved')
  }
})

test('a payment that is reversed before it comes is refused, and asks Rafiki for nothing', async () => {
  const requestId = randomUUID()
  await ask('/payments/reversal', { requestId })
  const { body } = await terminal.send({ body: { requestId } })
  assert.equal(body.code, 'request_replayed')
  assert.equal(rafiki.asked.filter(({ path }) => path === '/payment').length, 0)
})

test('an approval that could not be stored is stored by the repetition of the request', async () => {
  let stopped = false
  rafiki.answers['/payment'] = async () => {
    if (!stopped) await ase.database.stop()
    stopped = true
    return { status: 200, body: { result: { code: 'approved' } } }
  }
  const request = terminal.request()
  const first = await terminal.send({ body: request })
  await ase.database.start()
  assert.equal(first.body.outcome, 'Approved')
  assert.equal((await statusOf(request.requestId)).state, 'under way')
  assert.equal((await terminal.send({ body: request })).body.outcome, 'Approved')
  assert.equal((await statusOf(request.requestId)).outcome, 'Approved')
})

const BAD_BODIES: readonly [path: string, body: unknown][] = [
  ['/payments/status', {}],
  ['/payments/status', { requestId: 'no UUID' }],
  ['/payments/status', null],
  ['/payments/reversal', { requestId: 7 }],
  ['/payments/refund', { requestId: randomUUID() }],
  ['/payments/refund', { requestId: randomUUID(), paymentId: randomUUID(), amount: '0' }],
  ['/payments/refund', { requestId: randomUUID(), paymentId: randomUUID(), amount: '-5' }],
  ['/payments/refund', { requestId: randomUUID(), paymentId: randomUUID(), amount: 5 }],
  ['/payments/day', { from: 2, to: 1 }],
  ['/payments/day', { from: 'yesterday', to: 'today' }],
]

for (const [path, body] of BAD_BODIES)
  test(`${path} with ${JSON.stringify(body)} is refused by its form`, async () => {
    const { status, body: answer } = await send(path, await signed(path, body))
    assert.deepEqual([status, answer.code], [400, 'request_malformed'])
  })

for (const path of ['/payments/status', '/payments/reversal'])
  test(`${path} is refused with another key, too old, and the second time`, async () => {
    const body = { requestId: randomUUID() }
    const another = generateKeyPairSync('ed25519').privateKey
    assert.equal((await ask(path, body, another)).code, 'request_signature_wrong')
    const recorded = await signed(path, body)
    assert.equal((await send(path, recorded)).status, 200)
    assert.equal((await send(path, recorded)).body.code, 'request_replayed')
    const old = await signed(path, body)
    clock.advance(61_000)
    assert.equal((await send(path, old)).body.code, 'request_outside_window')
  })

test('a day has every payment once, the end of its time excluded', async () => {
  const from = clock.now()
  await pay()
  approves = false
  await pay()
  clock.advance(1_000)
  const to = clock.now()
  approves = true
  await pay()
  const { totals } = await ask('/payments/day', { from, to })
  const none = { count: 0, value: '0' }
  assert.deepEqual(totals, [
    {
      ...{ assetCode: 'EUR', approved: { count: 1, value: '1250' }, declined: 0, failed: 1 },
      ...{ late: none, refunded: none, net: '1250' },
    },
  ])
})
