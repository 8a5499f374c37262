import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { Given, Then, When } from '@cucumber/cucumber'
import type { DayTotals } from '../../simulators/merchant-ase/payments/day-list.ts'
import { formatMoney, type Money } from '../bench/money.ts'
import type { TapWorld } from '../world.ts'
import { requireBalance } from './money.ts'

// What a terminal asks for after a payment, over the POS API.

const DAY_MS = 24 * 3_600_000
const PATIENCE_MS = 5_000
const PAUSE_MS = 20

interface Standing {
  state: string
  outcome: string | null
  received: boolean
  reversed: boolean
  refunds: { value: string; state: string }[]
}

When('the terminal asks what became of the payment', async function (this: TapWorld) {
  this.told = await this.shop.terminal.status(requestIdOf(this))
})

When('the terminal asks what became of a payment that nobody has made', async function (this: TapWorld) {
  this.told = await this.shop.terminal.status(randomUUID())
})

When('the terminal reverses the payment', async function (this: TapWorld) {
  this.told = await this.shop.terminal.reverse(requestIdOf(this))
})

Given('a terminal whose requests are held back', function (this: TapWorld) {
  // What it sends is refused by its age; the same body is what it sends later.
  this.tamper.requestClockMs = -10 * 60_000
})

When('the terminal sends the held request', async function (this: TapWorld) {
  const { request } = this.lastTap
  if (request === null) throw new Error('expected the last tap to have made a request')
  this.outcome = await this.shop.terminal.repeat(request)
})

Then(
  /^the payment was "(\w+)" and (its money|no money) came$/,
  async function (this: TapWorld, word: string, money: string) {
    const wanted = { state: 'ended', outcome: word, received: money === 'its money' }
    // Rafiki tells the merchant ASE of the money at the same time as it answers.
    const found = await eventually(this, ({ received }) => received === wanted.received)
    assert.deepEqual({ state: found.state, outcome: found.outcome, received: found.received }, wanted)
  },
)

Then('the payment was {string} and reversed', function (this: TapWorld, word: string) {
  const { outcome, reversed } = toldOf(this)
  assert.deepEqual({ outcome, reversed }, { outcome: word, reversed: true })
})

Then(/^the payment is (unknown|under way)$/, function (this: TapWorld, state: string) {
  assert.equal(toldOf(this).state, state)
})

Then('the terminal hears nothing', function (this: TapWorld) {
  assert.equal(this.told, null)
})

When('the terminal refunds {money}', async function (this: TapWorld, { value }: Money) {
  this.refund = { id: randomUUID(), paymentId: requestIdOf(this), value }
  await refund(this)
})

When('the terminal sends the same refund again', async function (this: TapWorld) {
  await refund(this)
})

When(
  'the terminal sends the same refund of {money} twice at once',
  async function (this: TapWorld, { value }: Money) {
    this.refund = { id: randomUUID(), paymentId: requestIdOf(this), value }
    await Promise.all([refund(this), refund(this)])
  },
)

Then('{money} were given back', async function (this: TapWorld, { value }: Money) {
  const given = ({ refunds }: Standing) =>
    refunds.filter(({ state }) => state === 'completed').reduce((sum, { value }) => sum + BigInt(value), 0n)
  const found = await eventually(this, (standing) => given(standing) === value)
  assert.equal(given(found), value, `refunds: ${JSON.stringify(found.refunds)}`)
})

Then('the account has {money} again', async function (this: TapWorld, { value }: Money) {
  await requireBalance(this, value)
})

When('the day of the merchant is asked for', async function (this: TapWorld) {
  const now = this.bench.clock.now()
  this.told = await this.shop.terminal.day(now - DAY_MS / 2, now + DAY_MS / 2)
})

When('the day before is asked for', async function (this: TapWorld) {
  const now = this.bench.clock.now()
  this.told = await this.shop.terminal.day(now - 2 * DAY_MS, now - DAY_MS)
})

Then('it is empty', function (this: TapWorld) {
  assert.deepEqual(this.told?.totals, [])
})

Then(
  'it has {int} approved of {money}, {int} declined, {int} failed, {int} refund(s) of {money}, in all {money}',
  function (
    this: TapWorld,
    approved: number,
    approvedOf: Money,
    declined: number,
    failed: number,
    refunds: number,
    refundsOf: Money,
    net: Money,
  ) {
    const { late: _, ...found } = totalsOf(this)
    assert.deepEqual(found, {
      assetCode: this.shop.currency,
      approved: { count: approved, value: `${approvedOf.value}` },
      declined,
      failed,
      refunded: { count: refunds, value: `${refundsOf.value}` },
      net: `${net.value}`,
    })
  },
)

Then('it agrees with what Rafiki says the merchant has received', async function (this: TapWorld) {
  const { approved, late } = totalsOf(this)
  const { currency, scale } = this.holder
  const show = (value: bigint) => formatMoney({ value, currency, scale })
  assert.equal(
    show(BigInt(approved.value) + BigInt(late.value)),
    show(await this.bench.received(this.shop)),
    'approved and late of the day, and received by Rafiki',
  )
})

async function refund(world: TapWorld): Promise<void> {
  const { refund: order, shop } = world
  if (order === null) throw new Error('expected a step before this one to refund something')
  world.outcome = await shop.terminal.refund(order.paymentId, order.id, order.value)
}

/** The status of the last payment, once it is as wanted, or else as it is in the end. */
async function eventually(world: TapWorld, fits: (standing: Standing) => boolean): Promise<Standing> {
  const end = performance.now() + PATIENCE_MS
  for (;;) {
    world.told = await world.shop.terminal.status(requestIdOf(world))
    const standing = toldOf(world)
    if (fits(standing) || performance.now() > end) return standing
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
}

function toldOf({ told }: TapWorld): Standing {
  if (told === null) throw new Error('expected the merchant ASE to tell the status of a payment')
  return told as unknown as Standing
}

function totalsOf({ told }: TapWorld): DayTotals {
  const [totals, ...others] = (told?.totals ?? []) as DayTotals[]
  assert.equal(others.length, 0, 'other currencies')
  if (totals === undefined) throw new Error('expected totals of a day, there are none')
  return totals
}

/** Of the last tap that asked for a payment; of one under way as its request says it. */
function requestIdOf({ taps, underWay, journal }: TapWorld): string {
  const id = taps.findLast(({ requestId }) => requestId !== null)?.requestId ?? null
  if (id !== null && underWay === null) return id
  for (const entry of journal.entries) {
    if (entry.kind !== 'terminal' || entry.step !== 'Online processing') continue
    const found = /^request (\S+) for/.exec(entry.detail)?.[1]
    if (found !== undefined) return found
  }
  if (id === null) throw new Error('expected a tap before this step to have asked for a payment')
  return id
}
