import { Given, Then, When } from '@cucumber/cucumber'
import type { JournalEntry } from '../../protocols/journal/journal.ts'
import type { Faults } from '../../simulators/card/faults.ts'
import type { Bench } from '../bench/bench.ts'
import type { Money } from '../bench/money.ts'
import type { TapWorld } from '../world.ts'

interface Stoppable {
  stop(): Promise<void>
  start(): Promise<void>
}

const SERVICES: Record<string, (bench: Bench) => Stoppable> = {
  "merchant's point-of-sale": ({ services }) => services.rafiki.merchant.services.pointOfSale,
  "merchant's ILP connector": ({ services }) => services.rafiki.merchant.services.ilp,
  "customer's card service": ({ services }) => services.rafiki.customer.services.cardService,
  "customer's admin API": ({ services }) => services.rafiki.customer.services.admin,
  "merchant's POS API": ({ services }) => services.merchantAse.posApi,
}

const MOMENTS: Record<string, Faults> = {
  'before SELECT of the PPSE': { tearBefore: 1 },
  'before SELECT of the AID': { tearBefore: 2 },
  'before GET PROCESSING OPTIONS': { tearBefore: 3 },
  'before the first READ RECORD': { tearBefore: 4 },
  'before the second READ RECORD': { tearBefore: 5 },
  'before GENERATE AC': { tearBefore: 6 },
  'inside GENERATE AC': { tearInside: 'AE' },
}

const INSTRUCTIONS: Record<string, string> = {
  SELECT: 'A4',
  'GET PROCESSING OPTIONS': 'A8',
  'READ RECORD': 'B2',
  'GENERATE AC': 'AE',
}

Given(/^the (.+) is down$/, async function (this: TapWorld, name: string) {
  const service = named(SERVICES, name)(this.bench)
  await service.stop()
  this.undo.push(() => service.start())
})

Given(/^the (.+) is up again$/, async function (this: TapWorld, name: string) {
  await named(SERVICES, name)(this.bench).start()
  this.undo.pop()
})

Given('the customer ASE is silent', function (this: TapWorld) {
  behave(this, { silent: true })
})

Given('the customer ASE needs {int} seconds to decide', function (this: TapWorld, seconds: number) {
  behave(this, { delayMs: seconds * 1000 })
})

When(
  'the cardholder taps for {money} and {int} seconds pass after the issuer was asked',
  async function (this: TapWorld, amount: Money, seconds: number) {
    await tapAndWait(
      this,
      amount,
      seconds,
      'the issuer to be asked',
      (entry) => entry.kind === 'webhook' && entry.type === 'outgoing_payment.created',
    )
  },
)

When(
  'the cardholder taps for {money} and {int} seconds pass after the issuer has funded',
  async function (this: TapWorld, amount: Money, seconds: number) {
    await tapAndWait(
      this,
      amount,
      seconds,
      'the issuer to fund',
      (entry) =>
        entry.kind === 'http' &&
        JSON.stringify(entry.responseBody).includes('depositOutgoingPaymentLiquidity'),
    )
  },
)

When('{int} seconds pass', function (this: TapWorld, seconds: number) {
  this.bench.clock.advance(seconds * 1000)
})

Given(/^the card will be removed (.+)$/, async function (this: TapWorld, moment: string) {
  await this.giveCard(this.card.image.profile.name, { faults: named(MOMENTS, moment) })
})

Given(
  /^the card answers (.+) with "([0-9A-F]+)"$/,
  async function (this: TapWorld, command: string, raw: string) {
    await answerWith(this, command, raw)
  },
)

Given(
  /^the card answers (.+) with (\d+) bytes$/,
  async function (this: TapWorld, command: string, bytes: string) {
    await answerWith(this, command, `${'00'.repeat(Number(bytes) - 2)}9000`)
  },
)

Then('no request reached the merchant ASE', function (this: TapWorld) {
  const { request } = this.lastTap
  if (request !== null)
    throw new Error(`expected the terminal to ask for nothing, it sent ${JSON.stringify(request.body)}`)
})

async function tapAndWait(
  world: TapWorld,
  { value, currency }: Money,
  seconds: number,
  what: string,
  fits: (entry: JournalEntry) => boolean,
): Promise<void> {
  const tapping = world.tap(value, currency)
  try {
    await world.journal.until(what, fits)
    world.bench.clock.advance(seconds * 1000)
  } finally {
    await tapping
  }
}

async function answerWith(world: TapWorld, command: string, raw: string): Promise<void> {
  await world.giveCard(world.card.image.profile.name, {
    faults: { answers: { [named(INSTRUCTIONS, command)]: { raw } } },
  })
}

function behave(
  { bench, undo }: TapWorld,
  behaviour: Parameters<Bench['services']['customerAse']['behave']>[0],
): void {
  bench.services.customerAse.behave(behaviour)
  undo.push(() => bench.services.customerAse.behave({}))
}

function named<Value>(table: Record<string, Value>, name: string): Value {
  const value = table[name]
  if (value === undefined) throw new Error(`expected one of ${Object.keys(table).join(', ')}, got "${name}"`)
  return value
}
