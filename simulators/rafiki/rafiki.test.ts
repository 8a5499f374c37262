import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../protocols/clock/manual-clock.ts'
import {
  CANCEL,
  deposit,
  eventually,
  fund,
  OUTGOING,
  type Pair,
  type PairOptions,
  SHOP,
  type Side,
  startPair,
  TENANT,
  type Webhook,
} from './test-pair.ts'

const INVALID_REQUEST = { error: { code: 'invalid_request' } }
const APPROVED = { result: { code: 'approved' } }

async function withPair(
  options: Omit<PairOptions, 'clock'>,
  run: (pair: Pair, clock: ManualClock) => Promise<void>,
): Promise<void> {
  const clock = new ManualClock()
  const pair = await startPair({ ...options, clock })
  try {
    await run(pair, clock)
  } finally {
    await pair.close()
  }
}

interface OutgoingView {
  outgoingPayment: {
    state: string
    error: string | null
    liquidity: string
    stateAttempts: number
    debitAmount: { value: string }
    sentAmount: { value: string }
    receiveAmount: { value: string; assetCode: string }
  }
}

async function outgoingOf({ admin, webhooks }: Side): Promise<OutgoingView['outgoingPayment']> {
  const id = webhooks.find(({ type }) => type === 'outgoing_payment.created')?.data.id
  return (await admin.run<OutgoingView>(OUTGOING, { id })).outgoingPayment
}

const typesOf = ({ webhooks }: Side): string[] => webhooks.map(({ type }) => type)

const liquidityOf = async ({ admin, peerId }: Side): Promise<string> =>
  (
    await admin.run<{ peer: { liquidity: string } }>('query ($id: String!) { peer(id: $id) { liquidity } }', {
      id: peerId,
    })
  ).peer.liquidity

test('an approved payment: one answer, the events of both sides, the money at the shop', async () => {
  await withPair({}, async (pair) => {
    const answer = await pair.pay()
    assert.deepEqual([answer.status, answer.body], [200, APPROVED])
    const { merchant, customer } = pair
    await eventually(() => customer.webhooks.length === 2 && merchant.webhooks.length === 2, 'four events')
    assert.deepEqual(typesOf(customer), ['outgoing_payment.created', 'outgoing_payment.completed'])
    assert.deepEqual(typesOf(merchant), ['incoming_payment.created', 'incoming_payment.completed'])
    assert.ok([...customer.signatures, ...merchant.signatures].every(({ valid }) => valid))
    const [created, completed] = customer.webhooks.map(({ data }) => data)
    assert.deepEqual(created?.debitAmount, { value: '506', assetCode: 'EUR', assetScale: 2 })
    assert.deepEqual(
      { ...(created?.cardDetails as object), requestId: '' },
      {
        requestId: '',
        initiatedAt: '2026-01-01T00:00:00.000Z',
        data: { signature: '0011223344556677', payload: `77${'AB'.repeat(160)}` },
      },
    )
    assert.equal(completed?.cardDetails, undefined)
    assert.deepEqual([completed?.balance, created?.state, completed?.state], ['6', 'FUNDING', 'COMPLETED'])
    assert.deepEqual([await liquidityOf(merchant), await liquidityOf(customer)], ['999999500', '1000000500'])
  })
})

test('what is left is withdrawn once, what was received too', async () => {
  await withPair({}, async ({ pay, customer, merchant }) => {
    await pay()
    await eventually(() => customer.webhooks.length === 2 && merchant.webhooks.length === 2, 'four events')
    const outgoing = (key: string, timeoutSeconds = 0) =>
      customer.admin.run(
        'mutation ($input: CreateOutgoingPaymentWithdrawalInput!) { createOutgoingPaymentWithdrawal(input: $input) { success } }',
        { input: { outgoingPaymentId: customer.webhooks[0]?.data.id, idempotencyKey: key, timeoutSeconds } },
      )
    const incoming = (key: string) =>
      merchant.admin.run(
        'mutation ($input: CreateIncomingPaymentWithdrawalInput!) { createIncomingPaymentWithdrawal(input: $input) { success } }',
        {
          input: { incomingPaymentId: merchant.webhooks[0]?.data.id, idempotencyKey: key, timeoutSeconds: 0 },
        },
      )
    await outgoing('1', 60)
    await assert.rejects(outgoing('2'), { code: 'FORBIDDEN', message: 'Insufficient transfer balance' })
    assert.equal((await outgoingOf(customer)).liquidity, '0')
    await incoming('1')
    await assert.rejects(incoming('2'), { code: 'DUPLICATE', message: 'Transfer already exists' })
  })
})

test('currencies are crossed at the rates of the ASEs', async () => {
  const currency = { customer: { code: 'EUR', scale: 2 }, merchant: { code: 'JPY', scale: 0 } }
  await withPair({ currency }, async ({ pay, customer, merchant }) => {
    customer.rates = { JPY: 160 }
    merchant.rates = { JPY: 160 }
    const answer = await pay()
    assert.deepEqual(answer.body, APPROVED)
    await eventually(() => customer.webhooks.length === 2, 'both events')
    const { debitAmount, sentAmount, receiveAmount } = await outgoingOf(customer)
    // 500 yen at 1.6 yen a cent: 312.5 cents, at most floor(500 / 1.584) + 1
    assert.deepEqual(
      [debitAmount.value, sentAmount.value, receiveAmount.value, receiveAmount.assetCode],
      ['316', '313', '500', 'JPY'],
    )
  })
})

test('without a rate between the currencies there is no payment', async () => {
  const currency = { customer: { code: 'EUR', scale: 2 }, merchant: { code: 'KWD', scale: 3 } }
  await withPair({ currency }, async ({ pay, customer }) => {
    assert.deepEqual((await pay()).body, INVALID_REQUEST)
    assert.deepEqual(customer.webhooks, [])
  })
})

const CANCELLATIONS = [
  { reason: 'invalid_signature', status: 200, body: { result: { code: 'invalid_signature' } } },
  { reason: 'invalid_request', status: 400, body: INVALID_REQUEST },
  { reason: undefined, status: 400, body: INVALID_REQUEST },
]

test('a cancelled payment: the terminal hears of a wrong signature, and of nothing else', async () => {
  await withPair({}, async ({ pay, customer }) => {
    for (const { reason, status, body } of CANCELLATIONS) {
      const input = { reason: 'because', ...(reason ? { cardPaymentFailureReason: reason } : {}) }
      customer.onWebhook = ({ type, data }) => {
        if (type === 'outgoing_payment.created')
          void customer.admin.run(CANCEL, { input: { id: data.id, ...input } })
        return 200
      }
      const answer = await pay()
      assert.deepEqual([answer.status, answer.body], [status, body], String(reason))
    }
    assert.equal((await outgoingOf(customer)).state, 'CANCELLED')
    const id = customer.webhooks[0]?.data.id ?? ''
    await assert.rejects(deposit(id, customer), { code: 'CONFLICT', message: 'wrong state' })
    await assert.rejects(customer.admin.run(CANCEL, { input: { id } }), { code: 'CONFLICT' })
  })
})

test('an issuer that is silent: the card service gives up at 30 s, the payment stays FUNDING', async () => {
  await withPair({}, async ({ pay, customer }, clock) => {
    customer.onWebhook = () => 200
    const answer = pay()
    await eventually(() => customer.webhooks.length === 1, 'the event')
    clock.advance(29_999)
    assert.equal((await outgoingOf(customer)).state, 'FUNDING')
    clock.advance(1)
    assert.deepEqual((await answer).body, INVALID_REQUEST)
    assert.equal((await outgoingOf(customer)).state, 'FUNDING')
  })
})

test('funds that come after the incoming payment has expired: approved, then FAILED with the whole balance', async () => {
  await withPair({}, async ({ pay, customer, merchant }, clock) => {
    customer.onWebhook = () => 200
    const answer = pay()
    await eventually(() => customer.webhooks.length === 1, 'the created event')
    clock.advance(12_000)
    await deposit(customer.webhooks[0]?.data.id ?? '', customer)
    await eventually(() => customer.webhooks.length === 2, 'the failed event')
    const { type, data } = customer.webhooks[1] as Webhook
    assert.deepEqual([type, data.error, data.balance], ['outgoing_payment.failed', 'QuoteExpired', '506'])
    clock.advance(30_000)
    assert.deepEqual((await answer).body, INVALID_REQUEST)
    assert.deepEqual(typesOf(merchant), ['incoming_payment.created'])
  })
})

test('an amount the peer cannot carry: tried again after 10 s, FAILED with the quote expired', async () => {
  await withPair({}, async ({ pay, customer }, clock) => {
    const amount = { value: '2000000000', assetCode: 'EUR', assetScale: 2 }
    const answer = pay({ amount })
    await eventually(() => customer.rafiki.services.ilp.listening && clock.pending > 2, 'the first attempt')
    let state = await outgoingOfWhenThere(customer)
    while (state.stateAttempts === 0) state = await outgoingOf(customer)
    assert.deepEqual([state.state, state.liquidity], ['SENDING', '2020202021'])
    clock.advance(10_000)
    await eventually(() => customer.webhooks.length === 2, 'the failed event')
    assert.equal((await outgoingOf(customer)).error, 'QuoteExpired')
    clock.advance(30_000)
    assert.deepEqual((await answer).body, INVALID_REQUEST)
  })
})

async function outgoingOfWhenThere(side: Side): Promise<OutgoingView['outgoingPayment']> {
  await eventually(() => side.webhooks.length > 0, 'the created event')
  return outgoingOf(side)
}

test('an event that is not answered 200 comes again after 10 s, then 20 s, with the same id', async () => {
  await withPair({}, async ({ pay, customer, events }, clock) => {
    let refusals = 2
    customer.onWebhook = (webhook, side) => (refusals-- > 0 ? 500 : fund(webhook, side))
    const answer = pay()
    for (const [count, wait] of [
      [1, 10_000],
      [2, 20_000],
    ] as const) {
      await eventually(() => notesOf(events).length === count, `note ${count}`)
      clock.advance(wait - 1)
      assert.equal(customer.webhooks.length, count)
      clock.advance(1)
      await eventually(() => customer.webhooks.length > count, `delivery ${count + 1}`)
    }
    assert.equal(new Set(customer.webhooks.slice(0, 3).map(({ id }) => id)).size, 1)
    assert.match(notesOf(events)[0] ?? '', /outgoing_payment.created .* attempt 1: HTTP 500; next in 10 s/)
    await eventually(() => typesOf(customer).includes('outgoing_payment.failed'), 'the failed event')
    clock.advance(60_000)
    assert.deepEqual((await answer).body, INVALID_REQUEST)
  })
})

const notesOf = (events: Pair['events']): string[] =>
  events.flatMap((event) => (event.kind === 'fact' ? [event.text] : []))

test('an answer to an event after 2 s does not count', async () => {
  await withPair({}, async ({ pay, customer, events }, clock) => {
    let release = (): void => {}
    customer.onWebhook = () => new Promise((resolve) => (release = () => resolve(200)))
    const answer = pay()
    await eventually(() => customer.webhooks.length === 1, 'the event')
    clock.advance(2_000)
    await eventually(() => notesOf(events).length === 1, 'the note')
    release()
    clock.advance(10_000)
    await eventually(() => customer.webhooks.length === 2, 'the second delivery')
    release()
    clock.advance(60_000)
    assert.deepEqual((await answer).body, INVALID_REQUEST)
  })
})

test('a service that was stopped refuses connections, and takes them again when started', async () => {
  await withPair({}, async ({ pay, customer, merchant }, clock) => {
    for (const service of [customer.rafiki.services.cardService, customer.rafiki.services.openPayments]) {
      await service.stop()
      await service.stop()
      assert.deepEqual((await pay()).body, INVALID_REQUEST)
      await service.start()
      await service.start()
    }
    await merchant.rafiki.services.pointOfSale.stop()
    await assert.rejects(pay(), { fault: 'unreachable' })
    await merchant.rafiki.services.pointOfSale.start()
    await merchant.rafiki.services.admin.stop()
    assert.deepEqual((await pay()).body, INVALID_REQUEST)
    await merchant.rafiki.services.admin.start()
    assert.deepEqual((await pay()).body, APPROVED)
    assert.ok(clock.now() > 0)
  })
})

test('a connector that is down takes its money when it is back, if the quote still holds', async () => {
  const overrides = { incomingPaymentExpiryMs: 60_000 }
  await withPair({ overrides }, async ({ pay, customer, merchant }, clock) => {
    await merchant.rafiki.services.ilp.stop()
    const answer = pay()
    let state = await outgoingOfWhenThere(customer)
    while (state.stateAttempts === 0) state = await outgoingOf(customer)
    await merchant.rafiki.services.ilp.start()
    clock.advance(10_000)
    assert.deepEqual((await answer).body, APPROVED)
    await eventually(() => customer.webhooks.length === 2, 'the completed event')
    assert.equal((await outgoingOf(customer)).sentAmount.value, '500')
  })
})

test('payments of a wallet address are listed without the secrets of the tenant', async () => {
  await withPair({}, async ({ pay, http, merchant }) => {
    for (let i = 0; i < 3; i++) await pay()
    const url = `${merchant.rafiki.pointOfSaleUrl}/payments?receiverWalletAddress=${SHOP}&first=2`
    const { body } = await http.call({ to: 'rafiki-merchant', method: 'GET', url, timeoutMs: 1_000 })
    const page = body as { result: Record<string, unknown>[]; pagination: Record<string, unknown> }
    assert.equal(page.result.length, 2)
    assert.deepEqual(page.result[0]?.incomingAmount, { value: '500', assetCode: 'EUR', assetScale: 2 })
    assert.deepEqual([page.result[0]?.state, page.pagination.hasNextPage], ['COMPLETED', true])
    assert.doesNotMatch(JSON.stringify(body), /secret|tenant"/i)
  })
})

test('16 payments at once are all approved, and booked to the cent', async () => {
  await withPair({}, async ({ pay, merchant, customer }) => {
    const answers = await Promise.all(Array.from({ length: 16 }, () => pay()))
    assert.deepEqual(
      answers.map(({ body }) => body),
      answers.map(() => APPROVED),
    )
    await eventually(() => customer.webhooks.length === 32 && merchant.webhooks.length === 32, 'all events')
    assert.equal(await liquidityOf(merchant), '999992000')
    assert.equal(new Set(customer.webhooks.map(({ id }) => id)).size, 32)
  })
})

test('neither tokens nor secrets get into the journal', async () => {
  await withPair({}, async ({ pay, events, customer }) => {
    await pay()
    await eventually(() => customer.webhooks.length === 2, 'the completed event')
    const text = JSON.stringify(events)
    assert.ok(
      text.includes('"methods":[{"type":"ilp"') && text.includes('"authToken":"…"'),
      'secrets passed by',
    )
    assert.doesNotMatch(text, /to-[mc]"|-secret"|sharedSecret":"[^…]|Bearer \w|GNAP \w/)
    assert.ok(text.includes(TENANT))
  })
})
