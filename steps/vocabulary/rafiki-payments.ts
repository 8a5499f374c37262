import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { Given, Then, When } from '@cucumber/cucumber'
import type { Money } from '../bench/money.ts'
import type { Side } from '../bench/plan.ts'
import type { RafikiDesk } from '../rafiki/rafiki-desk.ts'
import type { TapWorld } from '../world.ts'

// Payments by the Admin API alone: no card, no terminal.

const amountOf = ({ value, currency, scale }: Money) => ({
  value: value.toString(),
  assetCode: currency,
  assetScale: scale,
})

Given('an incoming payment of {money}', async function (this: TapWorld, amount: Money) {
  await opened(this.rafikiDesk, { incomingAmount: amountOf(amount) })
})

Given('an incoming payment of any amount', async function (this: TapWorld) {
  await opened(this.rafikiDesk, {})
})

Given(
  'an incoming payment of {money} with the metadata {string}',
  async function (this: TapWorld, amount: Money, metadata: string) {
    await opened(this.rafikiDesk, { incomingAmount: amountOf(amount), metadata: JSON.parse(metadata) })
  },
)

Given(
  'an incoming payment of {money} that expires in {int} seconds',
  async function (this: TapWorld, amount: Money, seconds: number) {
    await opened(this.rafikiDesk, { incomingAmount: amountOf(amount), expiresAt: inSeconds(this, seconds) })
  },
)

When('an incoming payment of {money} is asked for', async function (this: TapWorld, amount: Money) {
  await this.rafikiDesk.openIncoming({ incomingAmount: amountOf(amount) })
})

When(
  'an incoming payment that expires in {int} seconds is asked for',
  async function (this: TapWorld, seconds: number) {
    await this.rafikiDesk.openIncoming({ expiresAt: inSeconds(this, seconds) })
  },
)

When(/^the incoming payment is (approved|cancelled)$/, async function (this: TapWorld, done: string) {
  const { rafikiDesk: desk } = this
  const name = done === 'approved' ? 'approveIncomingPayment' : 'cancelIncomingPayment'
  await desk.mutate('merchant', name, { id: desk.incoming.id })
})

When('a quote {}', async function (this: TapWorld, what: string) {
  await quote(this.rafikiDesk, what)
})

Given('the payer has a quote {}', async function (this: TapWorld, what: string) {
  await quote(this.rafikiDesk, what)
  assert.notEqual(this.rafikiDesk.answer, null, `the quote was refused: ${this.rafikiDesk.refusal?.message}`)
})

Then('it costs {money} and brings {money}', function (this: TapWorld, cost: Money, brings: Money) {
  const found = (this.rafikiDesk.answer?.quote ?? this.rafikiDesk.answer?.payment) as {
    debitAmount: { value: string }
    receiveAmount: { value: string }
  }
  assert.deepEqual(
    [found.debitAmount.value, found.receiveAmount.value],
    [cost.value.toString(), brings.value.toString()],
  )
})

Given(
  'a fee of {int} cents and {int} basis points',
  async function (this: TapWorld, cents: number, share: number) {
    const { rafikiDesk: desk } = this
    const assetId = this.bench.services.assets.customer.EUR
    const set = (fixed: string, basisPoints: number) =>
      desk.must('customer', 'setFee', { assetId, type: 'SENDING', fee: { fixed, basisPoints } })
    // The asset is everybody's.
    this.undo.push(async () => void (await set('0', 0)))
    await set(`${cents}`, share)
  },
)

When('an outgoing payment is made of the quote', async function (this: TapWorld) {
  const { rafikiDesk: desk } = this
  await desk.openOutgoing('createOutgoingPayment', { quoteId: desk.quoteId })
})

When('an outgoing payment pays it', async function (this: TapWorld) {
  await pay(this.rafikiDesk, {})
})

When(
  'an outgoing payment pays it with the metadata {string}',
  async function (this: TapWorld, metadata: string) {
    await pay(this.rafikiDesk, { metadata: JSON.parse(metadata) })
  },
)

When('an outgoing payment spends {money} on it', async function (this: TapWorld, amount: Money) {
  await pay(this.rafikiDesk, { debitAmount: amountOf(amount) })
})

When('a card pays it', async function (this: TapWorld) {
  const cardDetails = {
    requestId: randomUUID(),
    initiatedAt: new Date(this.bench.clock.now()).toISOString(),
    data: { signature: '00', payload: '77' },
  }
  await pay(this.rafikiDesk, { cardDetails })
})

When('it is funded', async function (this: TapWorld) {
  await this.rafikiDesk.deposit()
})

When('it is funded with the key {string}', async function (this: TapWorld, key: string) {
  await this.rafikiDesk.deposit(keyOf(this, key))
})

When('a payment that nobody knows is funded', async function (this: TapWorld) {
  await this.rafikiDesk.deposit(randomUUID(), randomUUID())
})

When(
  'a payment that nobody knows is funded with the key {string}',
  async function (this: TapWorld, key: string) {
    await this.rafikiDesk.deposit(keyOf(this, key), randomUUID())
  },
)

When('it is cancelled because of {string}', async function (this: TapWorld, reason: string) {
  const { rafikiDesk: desk } = this
  await desk.mutate('customer', 'cancelOutgoingPayment', { id: desk.outgoing.id, reason })
})

When(
  'it is cancelled because of {string} as {word}',
  async function (this: TapWorld, reason: string, cardPaymentFailureReason: string) {
    const { rafikiDesk: desk } = this
    const input = { id: desk.outgoing.id, reason, cardPaymentFailureReason }
    await desk.mutate('customer', 'cancelOutgoingPayment', input)
  },
)

When('what is left of it is withdrawn', async function (this: TapWorld) {
  await withdraw(this.rafikiDesk, 'customer', 0)
})

When('what has come is withdrawn', async function (this: TapWorld) {
  await withdraw(this.rafikiDesk, 'merchant', 0)
})

When(
  'what is left of it is withdrawn for {int} seconds',
  async function (this: TapWorld, timeoutSeconds: number) {
    await withdraw(this.rafikiDesk, 'customer', timeoutSeconds)
  },
)

When('the withdrawal is {word}', async function (this: TapWorld, done: string) {
  const { rafikiDesk: desk } = this
  const { id } = await desk.event('customer', 'outgoing_payment.completed', desk.outgoing.id)
  const name = done === 'posted' ? 'postLiquidityWithdrawal' : 'voidLiquidityWithdrawal'
  await desk.mutate('customer', name, { withdrawalId: id, idempotencyKey: randomUUID() })
})

Then('it is taken', function (this: TapWorld) {
  assert.equal(this.rafikiDesk.refusal, null, `it was refused: ${this.rafikiDesk.refusal?.message}`)
})

Then('it is refused: {string}', function (this: TapWorld, message: string) {
  assert.equal(this.rafikiDesk.refusal?.message ?? 'taken', message)
})

Then('it is refused: {string}, code {word}', function (this: TapWorld, message: string, code: string) {
  const { refusal } = this.rafikiDesk
  assert.deepEqual([refusal?.message, refusal?.code], [message, code])
})

Then('the outgoing payment becomes {word}', async function (this: TapWorld, state: string) {
  const { rafikiDesk: desk } = this
  await desk.until(`state ${state}`, async () => (await desk.outgoingNow()).state === state)
})

Then('the outgoing payment is {word}', async function (this: TapWorld, state: string) {
  assert.equal((await this.rafikiDesk.outgoingNow()).state, state)
})

Then(
  '{money} of it were sent and {money} are left',
  async function (this: TapWorld, sent: Money, left: Money) {
    const { rafikiDesk: desk } = this
    const wanted = `${sent.value} sent, ${left.value} left`
    let found = ''
    await desk
      .until(wanted, async () => {
        const { sentAmount, liquidity } = await desk.outgoingNow()
        found = `${sentAmount.value} sent, ${liquidity} left`
        return found === wanted
      })
      .catch(() => assert.equal(found, wanted))
  },
)

Then('it has no account yet', async function (this: TapWorld) {
  assert.equal((await this.rafikiDesk.outgoingNow()).liquidity, null)
})

Then(
  'the incoming payment is {word} with {money}',
  async function (this: TapWorld, state: string, got: Money) {
    const { rafikiDesk: desk } = this
    await desk.until(`state ${state}`, async () => (await desk.incomingNow()).state === state)
    assert.equal((await desk.incomingNow()).receivedAmount.value, got.value.toString())
  },
)

Then('the incoming payment is not there', async function (this: TapWorld) {
  const { rafikiDesk: desk } = this
  await desk.until('the incoming payment to be gone', () =>
    desk.incomingNow().then(
      () => false,
      (error: Error) => error.message === 'payment does not exist',
    ),
  )
})

Then(
  "the {word}'s Rafiki tells of {string} with {string}",
  async function (this: TapWorld, side: Side, type: string, expected: string) {
    const { rafikiDesk: desk } = this
    const { id } = side === 'merchant' ? desk.incoming : desk.outgoing
    const { data } = await desk.event(side, type, id)
    const wanted: Record<string, unknown> = JSON.parse(expected)
    const found = Object.fromEntries(Object.keys(wanted).map((key) => [key, data[key]]))
    assert.deepEqual(found, wanted)
  },
)

Then('the metadata of the outgoing payment are {string}', async function (this: TapWorld, expected: string) {
  assert.deepEqual((await this.rafikiDesk.outgoingNow()).metadata, JSON.parse(expected))
})

async function opened(desk: RafikiDesk, input: Record<string, unknown>): Promise<void> {
  await desk.openIncoming(input)
  assert.equal(desk.refusal, null, `the incoming payment was refused: ${desk.refusal?.message}`)
}

const QUOTES: Record<string, (amount: string) => Record<string, unknown>> = {
  'for it': () => ({}),
  'to spend': (value) => ({ debitAmount: { value, assetCode: 'EUR', assetScale: 2 } }),
  'to bring': (value) => ({ receiveAmount: { value, assetCode: 'EUR', assetScale: 2 } }),
  'to spend dollars': (value) => ({ debitAmount: { value, assetCode: 'USD', assetScale: 2 } }),
  'to bring dollars': (value) => ({ receiveAmount: { value, assetCode: 'USD', assetScale: 2 } }),
  'to spend and bring': (value) => ({
    debitAmount: { value, assetCode: 'EUR', assetScale: 2 },
    receiveAmount: { value, assetCode: 'EUR', assetScale: 2 },
  }),
}

async function quote(desk: RafikiDesk, what: string): Promise<void> {
  const [, kind = '', value = '0'] = /^(.*?)(?: (\d+) cents)?$/.exec(what) ?? []
  const amounts = QUOTES[kind]
  if (amounts === undefined)
    throw new Error(`expected one of ${Object.keys(QUOTES).join(', ')}, got "${kind}"`)
  const { id: walletAddressId } = await desk.wallet()
  const input = { walletAddressId, receiver: desk.incoming.url, ...amounts(value) }
  const answer = await desk.mutate('customer', 'createQuote', input)
  desk.quoteId = (answer?.quote as { id: string } | undefined)?.id ?? ''
}

function pay(desk: RafikiDesk, input: Record<string, unknown>): Promise<void> {
  const incomingPayment = desk.incoming.url
  return desk.openOutgoing('createOutgoingPaymentFromIncomingPayment', { incomingPayment, ...input })
}

async function withdraw(desk: RafikiDesk, side: Side, timeoutSeconds: number): Promise<void> {
  const shared = { timeoutSeconds, idempotencyKey: randomUUID() }
  if (side === 'merchant')
    await desk.mutate(side, 'createIncomingPaymentWithdrawal', {
      incomingPaymentId: desk.incoming.id,
      ...shared,
    })
  else
    await desk.mutate(side, 'createOutgoingPaymentWithdrawal', {
      outgoingPaymentId: desk.outgoing.id,
      ...shared,
    })
}

function inSeconds({ bench }: TapWorld, seconds: number): string {
  return new Date(bench.clock.now() + seconds * 1_000).toISOString()
}

/** A key of this scenario alone, by the name that the scenario gives it. */
function keyOf({ rafikiDesk: { noted } }: TapWorld, name: string): string {
  const key = noted.get(name) ?? randomUUID()
  noted.set(name, key)
  return key
}
