import assert from 'node:assert/strict'
import { Given, Then, When } from '@cucumber/cucumber'
import type { JournalEntry } from '../../protocols/journal/journal.ts'
import type { Money } from '../bench/money.ts'
import { SIDES, type Side } from '../bench/plan.ts'
import { bounded } from '../bounded.ts'
import type { TapWorld } from '../world.ts'

// A tap that stands still at the issuer, so that a scenario can do something meanwhile.

// Longer than any party waits for another.
const LONG_MS = 120_000

When('the cardholder begins to tap for {money}', async function (this: TapWorld, amount: Money) {
  await begin(this, amount)
})

When(
  'the cardholder begins to tap for {money} at a terminal that waits {int} second(s)',
  async function (this: TapWorld, amount: Money, seconds: number) {
    this.tamper.patienceMs = seconds * 1_000
    await begin(this, amount)
  },
)

When('the issuer decides', async function (this: TapWorld) {
  await this.bench.services.customer.behave({})
  await this.journal.until(
    'the issuer to decide',
    (entry) => entry.kind === 'decision' && entry.party === 'customer-ase',
  )
  // Else a clock that is put forward now would cut its calls.
  await this.bench.services.customer.idle()
})

When('the issuer would decide', async function (this: TapWorld) {
  const { customer } = this.bench.services
  await customer.behave({})
  // As far as it comes.
  await customer.idle()
})

When('the tap ends', async function (this: TapWorld) {
  await bounded('the tap to end', this.underWay ?? Promise.reject(new Error('expected a tap under way')))
})

Given(
  "the clocks of the {word}'s side are {int} seconds fast",
  async function (this: TapWorld, side: Side, seconds: number) {
    const { bench } = this
    const others = SIDES.filter((other) => other !== side)
    // No clock goes back: in the end the others have caught up.
    this.undo.push(async () => {
      bench.clock.advance(seconds * 1_000)
      await bench.advanceSides(others, seconds * 1_000)
    })
    await bench.advanceSides([side], seconds * 1_000)
  },
)

Then('the issuer never funded', function (this: TapWorld) {
  const funded = this.journal.entries.filter(isFunding)
  assert.equal(funded.length, 0, 'payments that the issuer funded')
})

Then(
  /^Rafiki refused to "(fund|cancel)" what was (?:funded|cancelled)$/,
  async function (this: TapWorld, deed: string) {
    await this.journal.until(
      `Rafiki to refuse to ${deed}`,
      (entry) =>
        entry.kind === 'fact' &&
        entry.text.startsWith(`after its decision Rafiki refused to ${deed} payment`),
    )
  },
)

async function begin(world: TapWorld, { value, currency }: Money): Promise<void> {
  const { bench, undo, journal } = world
  await bench.services.customer.behave({ holding: true })
  const before = journal.entries.filter(isWaiting).length
  const tapping = world.tap(value, currency)
  tapping.catch(() => undefined)
  world.underWay = tapping
  undo.push(async () => {
    await bench.services.customer.behave({})
    if (bench.services.plan.instances !== null) await bench.pass(LONG_MS)
    await tapping.catch(() => undefined)
  })
  await journal.until('the issuer to be asked', () => journal.entries.filter(isWaiting).length > before)
}

function isWaiting(entry: JournalEntry): boolean {
  return entry.kind === 'fact' && entry.text.startsWith('has outgoing_payment.created and waits')
}

function isFunding(entry: JournalEntry): boolean {
  return (
    entry.kind === 'http' &&
    entry.from === 'customer-ase' &&
    JSON.stringify(entry.requestBody ?? null).includes('DepositOutgoingPaymentLiquidityInput')
  )
}
