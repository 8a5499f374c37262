import { randomUUID } from 'node:crypto'
import { Given, Then, When } from '@cucumber/cucumber'
import type { JournalEntry } from '../../protocols/journal/journal.ts'
import { signRafiki } from '../../protocols/signatures/rafiki.ts'
import { formatMoney, type Money } from '../bench/money.ts'
import type { Side } from '../bench/plan.ts'
import { secretsOfPin } from '../bench/secrets.ts'
import { findSecrets } from '../report/secrets.ts'
import { keepWeakness, WEAKNESS_MEDIA_TYPE } from '../weakness/weaknesses.ts'
import type { TapWorld } from '../world.ts'

const DAY_MS = 86_400_000
/** Rafiki's default of WEBHOOK_TIMEOUT_MS, which nobody can ask it. */
const POINT_OF_SALE_WAITS_MS = 30_000
const EXPIRES_MS = 2_000

interface Answer {
  status: number
  body: unknown
}

/** What is right is held against what was seen: a weakness is reported, and fails the scenario of a strict run alone. */
function rightly(world: TapWorld, isRight: boolean, evidence: string): void {
  world.attach(JSON.stringify({ present: !isRight, evidence }), WEAKNESS_MEDIA_TYPE)
  keepWeakness({ scenario: world.scenario, present: !isRight, evidence })
  if (isRight) return
  world.hasWeakness = true
  if (world.isStrict) throw new Error(`weakness present: ${evidence}`)
}

Given("Rafiki has no known weakness where it is the bench's own", async function (this: TapWorld) {
  const { rafikis } = this.bench.services
  await rafikis?.harden(true)
  this.undo.push(async () => rafikis?.harden(false))
})

const SERVICES: Record<string, { side: Side; url: (world: TapWorld) => string }> = {
  'point-of-sale': { side: 'merchant', url: ({ bench }) => bench.services.plan.pointOfSaleUrl },
  'the card service': { side: 'customer', url: ({ bench }) => bench.services.plan.cardServiceUrl },
}

const SIGNATURES: Record<string, (world: TapWorld, side: Side, event: unknown) => string | null> = {
  'no signature': () => null,
  'a signature of yesterday': ({ bench }, side, event) =>
    signRafiki(event, bench.services.plan.webhookSecrets[side], bench.clock.now() - DAY_MS),
  'a signature of another secret': ({ bench }, side, event) =>
    signRafiki(event, { ...bench.services.plan.webhookSecrets[side], secret: 'another' }, bench.clock.now()),
}

When(
  /^somebody posts "(.+)" to (point-of-sale|the card service) with (.+)$/,
  async function (this: TapWorld, type: string, name: string, kind: string) {
    const { side, url } = named(SERVICES, name)
    // As Rafiki makes it, of a payment that nobody waits for.
    const data = { id: randomUUID(), completed: true, cardDetails: { requestId: randomUUID() } }
    const event = { id: randomUUID(), type, data }
    const signature = named(SIGNATURES, kind)(this, side, event)
    this.answer = await this.bench.post(`rafiki-${side}`, {
      url: `${url(this)}/webhook`,
      headers: signature === null ? {} : { 'rafiki-signature': signature },
      body: event,
    })
  },
)

Then(/^(?:point-of-sale|the card service) refuses the event$/, function (this: TapWorld) {
  const { status, body } = answered(this)
  rightly(this, status === 401 || status === 403, `answered ${status} ${JSON.stringify(body)}`)
})

When("somebody on the terminal's network asks for the merchant's payments", async function (this: TapWorld) {
  const query = new URLSearchParams({ receiverWalletAddress: this.shop.walletAddress })
  const url = `${this.bench.services.plan.pointOfSaleUrl}/payments?${query}`
  this.answer = await this.bench.get('rafiki-merchant', { url })
  if (this.answer.status !== 200)
    throw new Error(`expected a list of payments from ${url}, got HTTP ${this.answer.status}`)
})

Then('no secret is in the answer', function (this: TapWorld) {
  const { bench } = this
  const text = JSON.stringify(answered(this).body)
  const names = [...new Set(findSecrets(text, bench.secrets).map(({ name }) => name))]
  if (text.includes('"apiSecret"')) names.push('a member apiSecret')
  const seen = names.length === 0 ? 'no secret' : names.join(', ')
  rightly(this, names.length === 0, `GET /payments without authentication answers with ${seen}`)
})

When('a card payment has expired and the issuer funds it nevertheless', async function (this: TapWorld) {
  const { rafikiDesk: desk, bench } = this
  await bench.services.customer.behave({ silent: true })
  this.undo.push(() => bench.services.customer.behave({}))
  const expiresAt = new Date(bench.clock.now() + EXPIRES_MS).toISOString()
  const incomingAmount = { value: '500', assetCode: 'EUR', assetScale: 2 }
  await desk.openIncoming({ incomingAmount, expiresAt })
  await desk.openOutgoing('createOutgoingPaymentFromIncomingPayment', {
    incomingPayment: desk.incoming.url,
    cardDetails: {
      requestId: randomUUID(),
      initiatedAt: new Date(bench.clock.now()).toISOString(),
      data: { signature: '00', payload: '77' },
    },
  })
  await bench.pass(EXPIRES_MS)
  await desk.deposit()
})

Then('Rafiki refuses the money', async function (this: TapWorld) {
  const { refusal } = this.rafikiDesk
  if (refusal !== null) return rightly(this, true, `Rafiki says: ${refusal.message}`)
  await this.rafikiDesk.until('the end of the payment', async () => {
    const { state } = await this.rafikiDesk.outgoingNow()
    return state !== 'SENDING'
  })
  const { state, error } = await this.rafikiDesk.outgoingNow()
  rightly(this, false, `Rafiki took the deposit, told the card service "funded", then ${state}: ${error}`)
})

Then(
  'the incoming payment lives for the {int} seconds that point-of-sale waits',
  async function (this: TapWorld, seconds: number) {
    if (seconds * 1_000 !== POINT_OF_SALE_WAITS_MS)
      throw new Error(`expected the ${POINT_OF_SALE_WAITS_MS / 1_000} s of the contract, got ${seconds}`)
    const { walletAddressId } = this.shop
    type Lived = {
      walletAddress: { incomingPayments: { edges: { node: Record<'createdAt' | 'expiresAt', string> }[] } }
    }
    const query =
      'query ($id: String!) { walletAddress(id: $id) { incomingPayments(first: 1) { edges { node { createdAt expiresAt } } } } }'
    const { walletAddress } = await this.bench.services.admin.merchant.run<Lived>(query, {
      id: walletAddressId,
    })
    const [edge] = walletAddress.incomingPayments.edges
    if (edge === undefined)
      throw new Error('expected the tap to have made an incoming payment, Rafiki has none')
    const lived = Math.round((Date.parse(edge.node.expiresAt) - Date.parse(edge.node.createdAt)) / 1_000)
    rightly(this, lived >= seconds, `it lives ${lived} s, point-of-sale waits ${seconds} s`)
  },
)

const NOBODY: Record<string, (world: TapWorld) => Record<string, unknown>> = {
  'of nothing': () => ({ amount: {} }),
  'from nobody': ({ bench }) => ({
    senderWalletAddress: `https://${bench.services.plan.walletHost.customer}/nobody`,
  }),
  'to nobody': ({ bench }) => ({
    receiverWalletAddress: `https://${bench.services.plan.walletHost.merchant}/nobody`,
  }),
}

When(
  /^somebody asks point-of-sale for a payment (of nothing|from nobody|to nobody)$/,
  async function (this: TapWorld, what: string) {
    const { bench, holder, shop } = this
    await bench.post('rafiki-merchant', {
      url: `${bench.services.plan.pointOfSaleUrl}/payment`,
      headers: {},
      body: {
        signature: '00',
        payload: '77',
        amount: { value: '1250', assetCode: holder.currency, assetScale: holder.scale },
        senderWalletAddress: holder.walletAddress,
        receiverWalletAddress: shop.walletAddress,
        timestamp: bench.clock.now(),
        ...named(NOBODY, what)(this),
      },
    })
  },
)

Then('point-of-sale has told these apart', function (this: TapWorld) {
  const answers = this.journal.entries
    .filter(isFromPointOfSale)
    .map(({ status, responseBody }) => `${status} ${JSON.stringify(responseBody)}`)
  if (answers.length < 2) throw new Error(`expected several answers of point-of-sale, got ${answers.length}`)
  rightly(this, new Set(answers).size === answers.length, `point-of-sale answered ${answers.join(', then ')}`)
})

Then('the issuer has refused the last tap', function (this: TapWorld) {
  const { word, reason } = this.lastTap.outcome
  if (word === 'Failed')
    throw new Error(`expected Approved or Declined, the terminal shows Failed: ${reason}`)
  rightly(this, word === 'Declined', `the terminal shows ${reason === null ? word : `${word}: ${reason}`}`)
})

Then("no clear PIN block is in the terminal's request", function (this: TapWorld) {
  const { outcome, request } = this.lastTap
  const { pin } = this.card
  if (request === null || pin === null || outcome.word !== 'Approved')
    throw new Error(
      `expected a tap with PIN to be approved, the terminal shows ${outcome.word}: ${outcome.reason}`,
    )
  const [found] = findSecrets(request.body, secretsOfPin(pin))
  const evidence = found === undefined ? 'no clear PIN block' : `a clear PIN block as ${found.form}`
  rightly(this, found === undefined, `${evidence} in ${request.body.length} bytes`)
})

When(
  'the cardholder taps for {money} {int} times',
  async function (this: TapWorld, money: Money, times: number) {
    for (let tap = 0; tap < times; tap += 1) {
      await this.tap(money.value, money.currency)
      const { word, reason } = this.lastTap.outcome
      if (word !== 'Approved') throw new Error(`expected Approved, the terminal shows ${word}: ${reason}`)
    }
  },
)

Then('each tap has cost and brought {money}', async function (this: TapWorld, money: Money) {
  const { bench, shop, holder } = this
  const all = money.value * BigInt(this.taps.length)
  const spent = async () => holder.opened - (await bench.accountOf(holder)).balance
  const isSettled = async () => (await bench.accountOf(holder)).reserved === 0n
  await this.rafikiDesk.until('the issuer to settle all taps', isSettled)
  const [cost, brought] = [await spent(), await bench.received(shop)]
  const show = (value: bigint) => formatMoney({ ...money, value })
  rightly(
    this,
    cost === all && brought === all,
    `${show(all)} cost ${show(cost)} and brought ${show(brought)}`,
  )
})

type HttpEntry = Extract<JournalEntry, { kind: 'http' }>

function isFromPointOfSale(entry: JournalEntry): entry is HttpEntry {
  return entry.kind === 'http' && entry.to === 'rafiki-merchant' && entry.url.endsWith('/payment')
}

function answered({ answer }: TapWorld): Answer {
  if (answer === null) throw new Error('expected a step before this one to send something by hand')
  return answer
}

function named<Value>(table: Record<string, Value>, name: string): Value {
  const value = table[name]
  if (value === undefined) throw new Error(`expected one of ${Object.keys(table).join(', ')}, got "${name}"`)
  return value
}
