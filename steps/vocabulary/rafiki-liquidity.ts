import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { Given, Then, When } from '@cucumber/cucumber'
import type { Money } from '../bench/money.ts'
import type { RafikiDesk } from '../rafiki/rafiki-desk.ts'
import type { TapWorld } from '../world.ts'

Given('a payment of {money} that is COMPLETED', async function (this: TapWorld, { value }: Money) {
  const { rafikiDesk: desk } = this
  await desk.openIncoming({
    incomingAmount: { value: value.toString(), assetCode: 'EUR', assetScale: 2 },
  })
  const input = { incomingPayment: desk.incoming.url }
  await desk.openOutgoing('createOutgoingPaymentFromIncomingPayment', input)
  await desk.deposit()
  await desk.event('customer', 'outgoing_payment.completed', desk.outgoing.id)
  await desk.event('merchant', 'incoming_payment.completed', desk.incoming.id)
})

Given("the merchant's Rafiki has no liquidity for its peer", async function (this: TapWorld) {
  const { rafikiDesk: desk } = this
  const { id: peerId, liquidity: amount } = await desk.peer('merchant')
  const moved = { peerId, amount }
  await desk.must('merchant', 'createPeerLiquidityWithdrawal', { ...moved, ...keys(), timeoutSeconds: 0 })
  this.undo.push(() => refill(desk, peerId, BigInt(amount)))
  desk.noted.set('liquidity', amount)
})

When("the merchant's Rafiki has liquidity for its peer again", async function (this: TapWorld) {
  const { rafikiDesk: desk } = this
  const { id } = await desk.peer('merchant')
  await refill(desk, id, BigInt(desk.noted.get('liquidity') ?? 0))
})

When("more is withdrawn from the merchant's peer than it has", async function (this: TapWorld) {
  const { rafikiDesk: desk } = this
  const { id: peerId, liquidity } = await desk.peer('merchant')
  const amount = (BigInt(liquidity) + 1n).toString()
  const input = { peerId, amount, ...keys(), timeoutSeconds: 0 }
  await desk.mutate('merchant', 'createPeerLiquidityWithdrawal', input)
})

Given("the merchant's Rafiki is to tell of a peer with less than it has", async function (this: TapWorld) {
  const { rafikiDesk: desk } = this
  const { id, liquidity } = await desk.peer('merchant')
  const set = (liquidityThreshold: string | null) =>
    desk.must('merchant', 'updatePeer', { id, liquidityThreshold })
  this.undo.push(async () => void (await set(null)))
  await set(liquidity)
})

Then("the merchant's Rafiki tells of its peer with {string}", async function (this: TapWorld, type: string) {
  const { rafikiDesk: desk } = this
  const { id, liquidity } = await desk.peer('merchant')
  const { data } = await desk.event('merchant', type, id)
  assert.equal((data.asset as { code: string }).code, 'EUR')
  assert.ok(BigInt(String(data.balance)) >= BigInt(liquidity), 'the balance when it was told')
})

Then('the outgoing payment is tried again', async function (this: TapWorld) {
  const { rafikiDesk: desk } = this
  await desk.until('a second attempt', async () => (await desk.outgoingNow()).stateAttempts > 0)
})

/** What is missing to `amount`. */
async function refill(desk: RafikiDesk, peerId: string, amount: bigint): Promise<void> {
  const { liquidity } = await desk.peer('merchant')
  const missing = amount - BigInt(liquidity)
  if (missing > 0n)
    await desk.must('merchant', 'depositPeerLiquidity', { peerId, amount: `${missing}`, ...keys() })
}

function keys(): { id: string; idempotencyKey: string } {
  return { id: randomUUID(), idempotencyKey: randomUUID() }
}
