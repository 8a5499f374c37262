import { Then } from '@cucumber/cucumber'
import { formatMoney, type Money } from '../bench/money.ts'
import type { TapWorld } from '../world.ts'

const PATIENCE_MS = 10_000
const PAUSE_MS = 20
const SETTLED = new Set(['outgoing_payment.completed', 'outgoing_payment.failed'])

Then('the merchant has received {money}', async function (this: TapWorld, expected: Money) {
  const value = await this.bench.received(this.shop)
  if (value !== expected.value)
    throw new Error(
      `expected the merchant to have received ${formatMoney(expected)}, got ${formatMoney({ ...expected, value })}`,
    )
})

Then('the account is left with {money}', async function (this: TapWorld, expected: Money) {
  await settled(this)
  await requireBalance(this, expected.value)
})

Then('no money moved', async function (this: TapWorld) {
  await settled(this)
  await requireBalance(this, this.holder.opened)
  if (this.shop.walletAddressId === null) return
  const value = await this.bench.received(this.shop)
  if (value !== 0n)
    throw new Error(
      `expected the merchant to have received nothing, got ${value} minor units of ${this.shop.currency}`,
    )
})

/** Waits until the issuer has settled every payment it funded: the terminal hears of the money before the issuer does. */
async function settled({ journal, bench }: TapWorld): Promise<void> {
  const funded = journal.entries.filter(
    (entry) => entry.kind === 'decision' && entry.party === 'customer-ase' && entry.word === 'approved',
  ).length
  const ended = () =>
    journal.entries.filter(
      (entry) => entry.kind === 'webhook' && entry.verdict === 'taken' && SETTLED.has(entry.type),
    ).length
  await journal.until(`the end of ${funded} funded payments`, () => ended() >= funded)
  await bench.services.customer.idle()
}

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
