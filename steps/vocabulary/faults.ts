import { once } from 'node:events'
import { createServer } from 'node:http'
import { Given, Then, When } from '@cucumber/cucumber'
import type { JournalEntry } from '../../protocols/journal/journal.ts'
import type { Faults } from '../../simulators/card/faults.ts'
import type { ServiceName } from '../../simulators/rafiki/config.ts'
import type { Money } from '../bench/money.ts'
import type { Side } from '../bench/plan.ts'
import type { Services } from '../bench/services.ts'
import type { CustomerFunctions } from '../bench/threads/customer.ts'
import type { MerchantFunctions } from '../bench/threads/merchant.ts'
import type { ServiceName as ComposedName } from '../rafiki-containers/services.ts'
import type { TapWorld } from '../world.ts'

type Turn = (services: Services, way: 'stop' | 'start') => Promise<void>

const SERVICES = {
  "merchant's point-of-sale": ofRafiki('merchant', 'pointOfSale'),
  "merchant's ILP connector": ofRafiki('merchant', 'ilp'),
  "merchant's admin API": ofRafiki('merchant', 'admin'),
  "merchant's Open Payments": ofRafiki('merchant', 'openPayments'),
  "merchant's POS API": ofMerchantAse('posApi'),
  "merchant ASE's webhooks": ofMerchantAse('webhooks'),
  "merchant ASE's database": ofMerchantAse('database'),
  "customer's card service": ofRafiki('customer', 'cardService'),
  "customer's admin API": ofRafiki('customer', 'admin'),
  "customer's Open Payments": ofRafiki('customer', 'openPayments'),
  'customer ASE': ofCustomerAse('ase'),
  "customer ASE's database": ofCustomerAse('database'),
} satisfies Record<string, Turn>

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
  const turn: Turn = named(SERVICES, name)
  await turn(this.bench.services, 'stop')
  this.undo.push(() => turn(this.bench.services, 'start'))
})

Given(/^the (.+) is up again$/, async function (this: TapWorld, name: string) {
  const turn: Turn = named(SERVICES, name)
  await turn(this.bench.services, 'start')
})

Given(
  "somebody answers at the POS API's address with {int} {string}",
  async function (this: TapWorld, status: number, body: string) {
    await answerInsteadOf(this, SERVICES["merchant's POS API"], this.bench.services.plan.listen.posApi, {
      status,
      body,
    })
  },
)

Given(
  "somebody answers at point-of-sale's address with {int} {string}",
  async function (this: TapWorld, status: number, body: string) {
    const { port } = new URL(this.bench.services.plan.pointOfSaleUrl)
    await answerInsteadOf(this, SERVICES["merchant's point-of-sale"], Number(port), { status, body })
  },
)

Given('the customer ASE is silent', async function (this: TapWorld) {
  await behave(this, { silent: true })
})

Given('the customer ASE needs {int} seconds to decide', async function (this: TapWorld, seconds: number) {
  await behave(this, { delayMs: seconds * 1000 })
})

Given('the customer ASE behaves', async function (this: TapWorld) {
  await this.bench.services.customer.behave({})
})

Given('the customer ASE funds every payment twice', async function (this: TapWorld) {
  await behave(this, { afterwards: 'fund' })
})

Given('the customer ASE cancels what it has funded', async function (this: TapWorld) {
  await behave(this, { afterwards: 'cancel' })
})

Given('the customer ASE funds what it has refused', async function (this: TapWorld) {
  await behave(this, { afterwards: 'fund' })
})

When(
  'the cardholder taps for {money} and {int} seconds pass after the issuer was asked',
  async function (this: TapWorld, amount: Money, seconds: number) {
    await tapAndWait(
      this,
      amount,
      seconds,
      'the issuer to be asked',
      (entry) =>
        (entry.kind === 'webhook' && entry.type === 'outgoing_payment.created') ||
        (entry.kind === 'fact' && entry.text.startsWith('has outgoing_payment.created')),
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

When(
  'the cardholder taps for {money} and {int} seconds pass after the first attempt to tell the issuer',
  async function (this: TapWorld, amount: Money, seconds: number) {
    await tapAndWait(
      this,
      amount,
      seconds,
      'an attempt to tell the issuer',
      (entry) => entry.kind === 'fact' && entry.text.startsWith('webhook outgoing_payment.created '),
    )
  },
)

When('{int} second(s) pass(es)', async function (this: TapWorld, seconds: number) {
  await this.bench.pass(seconds * 1000)
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
    await world.bench.pass(seconds * 1000)
  } finally {
    await tapping
  }
}

async function answerWith(world: TapWorld, command: string, raw: string): Promise<void> {
  await world.giveCard(world.card.image.profile.name, {
    faults: { answers: { [named(INSTRUCTIONS, command)]: { raw } } },
  })
}

async function behave(
  { bench, undo }: TapWorld,
  behaviour: Parameters<CustomerFunctions['behave']>[0],
): Promise<void> {
  await bench.services.customer.behave(behaviour)
  undo.push(() => bench.services.customer.behave({}))
}

/** What is sent to everybody who asks: JSON. */
interface Answer {
  status: number
  body: string
}

async function answerInsteadOf(
  { bench, undo }: TapWorld,
  turn: Turn,
  port: number,
  answer: Answer,
): Promise<void> {
  await turn(bench.services, 'stop')
  undo.push(() => turn(bench.services, 'start'))
  undo.push(await answerAt(port, answer))
}

/** Answers every request at a port of loopback with the same, until the returned function is called. */
async function answerAt(port: number, { status, body }: Answer): Promise<() => Promise<void>> {
  const server = createServer((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(body)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return async () => {
    server.close()
    await once(server, 'close')
  }
}

// Those that are programs of their own.
const CONTAINERS: Partial<Record<ServiceName, ComposedName>> = {
  pointOfSale: 'point-of-sale',
  cardService: 'card-service',
}

function ofRafiki(side: Side, service: ServiceName): Turn {
  return async ({ rafikis, containers }, way) => {
    if (rafikis !== null) return rafikis[way](side, service)
    const name = CONTAINERS[service]
    if (containers === null || name === undefined)
      throw new Error(
        `expected a Rafiki whose ${service} the bench can stop: tag the scenario @requires:${name === undefined ? 'embedded-rafiki' : 'rafiki-services'}`,
      )
    await containers[way](name)
  }
}

function ofMerchantAse(service: Parameters<MerchantFunctions['stop']>[0]): Turn {
  return ({ merchant }, way) => merchant[way](service)
}

function ofCustomerAse(service: Parameters<CustomerFunctions['stop']>[0]): Turn {
  return ({ customer }, way) => customer[way](service)
}

function named<Value>(table: Record<string, Value>, name: string): Value {
  const value = table[name]
  if (value === undefined) throw new Error(`expected one of ${Object.keys(table).join(', ')}, got "${name}"`)
  return value
}
