import { randomUUID } from 'node:crypto'
import { Then, When } from '@cucumber/cucumber'
import type { JournalEntry } from '../../protocols/journal/journal.ts'
import { signRafiki } from '../../protocols/signatures/rafiki.ts'
import type { Side } from '../bench/plan.ts'
import type { TapWorld } from '../world.ts'

const DAY_MS = 24 * 3_600_000

interface Event {
  id: string
  type: string
  data: Record<string, unknown>
}

type Secret = { secret: string; version: number }
type Signature = (event: Event, secret: Secret, now: number) => string | null

const SIGNATURES: Record<string, Signature> = {
  'no signature': () => null,
  'a signature of another secret': (event, { version }, now) =>
    signRafiki(event, { secret: 'another', version }, now),
  'a signature of another body': (event, secret, now) =>
    signRafiki({ ...event, id: randomUUID() }, secret, now),
  'a signature of yesterday': (event, secret, now) => signRafiki(event, secret, now - DAY_MS),
  'a malformed signature': () => 't=now, v1=good',
  'a signature of an old secret': (event, { version }, now) =>
    signRafiki(event, { secret: 'old', version: version + 1 }, now),
  'a good signature named as of another version': (event, { secret, version }, now) =>
    signRafiki(event, { secret, version: version + 1 }, now),
  'a signature of tomorrow': (event, secret, now) => signRafiki(event, secret, now + DAY_MS),
  'a signature 11 minutes old': (event, secret, now) => signRafiki(event, secret, now - 11 * 60_000),
  'half a signature': (event, secret, now) => signRafiki(event, secret, now).slice(0, -32),
}

When(
  'somebody posts {string} to the {word} ASE with {}',
  async function (this: TapWorld, type: string, side: Side, kind: string) {
    const sign = SIGNATURES[kind]
    if (sign === undefined)
      throw new Error(`expected one of ${Object.keys(SIGNATURES).join(', ')}, got "${kind}"`)
    const event = { id: randomUUID(), type, data: forged(this) }
    await post(
      this,
      side,
      event,
      sign(event, this.bench.services.plan.webhookSecrets[side], this.bench.clock.now()),
    )
  },
)

When('Rafiki delivers {string} once more', async function (this: TapWorld, type: string) {
  const side: Side = type.startsWith('incoming') ? 'merchant' : 'customer'
  await postSigned(this, side, await eventOf(this, type, side))
})

Then('the webhook is refused with {int}', async function (this: TapWorld, status: number) {
  await judged(this, 'refused', status)
})

Then('the webhook is taken as a duplicate', async function (this: TapWorld) {
  await judged(this, 'duplicate', 200)
})

When(
  'Rafiki tells the customer ASE that a payment nobody knows is {string}',
  async function (this: TapWorld, state: string) {
    await tellEnd(this, `outgoing_payment.${state}`, forged(this))
  },
)

When(
  'Rafiki tells the customer ASE that the same payment has {string}',
  async function (this: TapWorld, state: string) {
    const { data } = await eventOf(this, 'outgoing_payment.completed', 'customer')
    await tellEnd(this, `outgoing_payment.${state}`, { ...data, state: state.toUpperCase() })
  },
)

When(
  'Rafiki delivers {string} before {string}',
  async function (this: TapWorld, first: string, second: string) {
    for (const type of [first, second]) await postSigned(this, 'merchant', await fromRafiki(this, type))
  },
)

Then('{string} is taken once', async function (this: TapWorld, type: string) {
  await verdicts(this, type, ['taken'])
})

Then('{string} is taken once, and then as a duplicate', async function (this: TapWorld, type: string) {
  await verdicts(this, type, ['taken', 'duplicate'])
})

/** Waits for the ASE's verdict, which comes after its answer. */
async function judged(
  { journal, answer, answeredBy, bench }: TapWorld,
  verdict: 'refused' | 'duplicate',
  status: number,
): Promise<void> {
  if (answer?.status !== status)
    throw new Error(`expected the ASE to answer ${status}, it answered ${answer?.status}`)
  // What somebody else's makes of it afterwards is not told.
  if (answeredBy !== null && bench.profile[`${answeredBy}Ase`].socket === 'external') return
  await journal.until(
    `the webhook to be ${verdict}`,
    (entry) => entry.kind === 'webhook' && entry.verdict === verdict,
  )
}

async function post(world: TapWorld, side: Side, event: Event, signature: string | null): Promise<void> {
  world.answeredBy = side
  world.answer = await world.bench.post(`${side}-ase`, {
    url: world.bench.services.plan.webhookUrl[side],
    headers: signature === null ? {} : { 'rafiki-signature': signature },
    body: event,
  })
}

/** Posts an event as Rafiki signs it. */
async function postSigned(world: TapWorld, side: Side, event: Event): Promise<void> {
  const { plan } = world.bench.services
  await post(world, side, event, signRafiki(event, plan.webhookSecrets[side], world.bench.clock.now()))
}

/** An event about this scenario's shop or holder that an ASE has been told of: one of the scenario before may come late. */
async function eventOf({ journal, shop, holder }: TapWorld, type: string, side: Side): Promise<Event> {
  const { walletAddressId } = { merchant: shop, customer: holder }[side]
  const entry = await journal.until(
    `a webhook ${type} to the ${side} ASE`,
    (entry): entry is JournalEntry & { kind: 'webhook' } =>
      entry.kind === 'webhook' &&
      entry.type === type &&
      entry.to === `${side}-ase` &&
      (entry.body as Event).data.walletAddressId === walletAddressId,
  )
  return entry.body as Event
}

/** The event of this type about the shop's last money, as the merchant's Rafiki has it. */
async function fromRafiki({ rafikiDesk: desk, shop }: TapWorld, type: string): Promise<Event> {
  type Found = { webhookEvents: { edges: { node: Event }[] } }
  const { webhookEvents } = await desk.ask<Found>('merchant', 'events', {})
  const event = webhookEvents.edges
    .map(({ node }) => node)
    .find((node) => node.type === type && node.data.walletAddressId === shop.walletAddressId)
  if (event === undefined) throw new Error(`expected the merchant's Rafiki to have an event ${type}`)
  return event
}

/** Tells the issuer by hand how a payment has ended, in an event of its own. */
async function tellEnd(world: TapWorld, type: string, data: Record<string, unknown>): Promise<void> {
  const zero = { value: '0', assetCode: world.holder.currency, assetScale: world.holder.scale }
  const createdAt = new Date(world.bench.clock.now()).toISOString()
  const event = { id: randomUUID(), type, data: { sentAmount: zero, balance: '0', createdAt, ...data } }
  await postSigned(world, 'customer', event)
  if (world.bench.profile.customerAse.socket === 'external') return
  await world.journal.until(`the issuer to take ${event.id}`, (entry) => isVerdictOn(entry, event.id))
  await world.bench.services.customer.idle()
}

function isVerdictOn(entry: JournalEntry, id: string): boolean {
  return entry.kind === 'webhook' && entry.id === id
}

/** What the merchant ASE made of the events of a type, in this order; each event is looked at by itself. */
async function verdicts(world: TapWorld, type: string, expected: readonly string[]): Promise<void> {
  const { id } = await eventOf(world, type, 'merchant')
  const found = () =>
    world.journal.entries.flatMap((entry) =>
      entry.kind === 'webhook' && entry.id === id ? [entry.verdict as string] : [],
    )
  await world.journal.until(
    `${expected.length} deliveries of ${type}`,
    () => found().length >= expected.length,
  )
  if (found().join() !== expected.join())
    throw new Error(`expected ${type} to be ${expected.join(', ')}, got ${found().join(', ')}`)
}

/** The data of an event that would pay out, were it believed. */
function forged({ holder, shop }: TapWorld): Record<string, unknown> {
  const amount = { value: '1250', assetCode: holder.currency, assetScale: holder.scale }
  return {
    id: randomUUID(),
    walletAddressId: shop.walletAddressId,
    state: 'FUNDING',
    receiver: `${shop.walletAddress}/incoming-payments/${randomUUID()}`,
    debitAmount: amount,
    receiveAmount: amount,
    incomingAmount: amount,
    receivedAmount: amount,
    completed: true,
  }
}
