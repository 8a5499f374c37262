import { Then } from '@cucumber/cucumber'
import { formatMoney, type Money } from '../bench/money.ts'
import { settled } from '../settled.ts'
import type { TapWorld } from '../world.ts'

const PATIENCE_MS = 10_000
const PAUSE_MS = 20

Then('the merchant has received {money}', async function (this: TapWorld, expected: Money) {
  const value = await this.bench.received(this.shop)
  if (value !== expected.value)
    throw new Error(
      `expected the merchant to have received ${formatMoney(expected)}, got ${formatMoney({ ...expected, value })}`,
    )
})

Then('the account is left with {money}', async function (this: TapWorld, expected: Money) {
  await settled(this.journal, this.bench)
  await requireBalance(this, expected.value)
})

Then('no money moved', async function (this: TapWorld) {
  await settled(this.journal, this.bench)
  await requireBalance(this, this.holder.opened)
  if (this.shop.walletAddressId === null) return
  const value = await this.bench.received(this.shop)
  if (value !== 0n)
    throw new Error(
      `expected the merchant to have received nothing, got ${value} minor units of ${this.shop.currency}`,
    )
})

/** What the issuer still has to do, such as giving a reservation back, it gets a moment for. */
export async function requireBalance({ bench, holder }: TapWorld, expected: bigint): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  for (;;) {
    const { balance, reserved, ledger } = await bench.accountOf(holder)
    if (balance === expected && reserved === 0n && ledger === balance) return
    const show = (value: bigint) => formatMoney({ ...holder, value })
    if (performance.now() > end)
      throw new Error(
        `expected ${show(expected)}, nothing reserved; got ${show(balance)}, ${show(reserved)} reserved, ledger ${show(ledger)}`,
      )
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
}
