import { randomUUID } from 'node:crypto'
import { Then, When } from '@cucumber/cucumber'
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
  const { body } = await this.journal
    .until(
      `a webhook ${type} to the ${side} ASE`,
      (entry) => entry.kind === 'webhook' && entry.type === type && entry.to === `${side}-ase`,
    )
    .then((entry) => entry as Extract<typeof entry, { kind: 'webhook' }>)
  const event = body as Event
  await post(
    this,
    side,
    event,
    signRafiki(event, this.bench.services.plan.webhookSecrets[side], this.bench.clock.now()),
  )
})

Then('the webhook is refused with {int}', async function (this: TapWorld, status: number) {
  await judged(this, 'refused', status)
})

Then('the webhook is taken as a duplicate', async function (this: TapWorld) {
  await judged(this, 'duplicate', 200)
})

/** Waits for the ASE's verdict, which comes after its answer. */
async function judged(
  { journal, answer }: TapWorld,
  verdict: 'refused' | 'duplicate',
  status: number,
): Promise<void> {
  if (answer?.status !== status)
    throw new Error(`expected the ASE to answer ${status}, it answered ${answer?.status}`)
  await journal.until(
    `the webhook to be ${verdict}`,
    (entry) => entry.kind === 'webhook' && entry.verdict === verdict,
  )
}

async function post(world: TapWorld, side: Side, event: Event, signature: string | null): Promise<void> {
  world.answer = await world.bench.post(`${side}-ase`, {
    url: world.bench.services.plan.webhookUrl[side],
    headers: signature === null ? {} : { 'rafiki-signature': signature },
    body: event,
  })
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
