import { When } from '@cucumber/cucumber'
import type { Money } from '../bench/money.ts'
import type { TransactionOrder } from '../terminal-desk.ts'
import type { TapWorld } from '../world.ts'

/** 9C, ISO 8583 processing codes. */
const CASH = 0x01
const CASHBACK = 0x09
const REFUND = 0x20

When('a purchase of {money} is made', async function (this: TapWorld, money: Money) {
  await transact(this, money)
})

When(
  '{int} purchases of {money} are made one after the other',
  async function (this: TapWorld, times: number, money: Money) {
    for (let round = 0; round < times; round++) await transact(this, money)
  },
)

When('a purchase of {money} is made, forced online', async function (this: TapWorld, money: Money) {
  await transact(this, { ...money, merchantForcesOnline: true })
})

When(
  'a purchase of {money} is made with {money} of cashback',
  async function (this: TapWorld, money: Money, cashback: Money) {
    await transact(this, { ...money, type: CASHBACK, amountOther: cashback.value })
  },
)

When('{money} of cash is withdrawn', async function (this: TapWorld, money: Money) {
  await transact(this, { ...money, type: CASH })
})

When('a refund of {money} is made', async function (this: TapWorld, money: Money) {
  await transact(this, { ...money, type: REFUND })
})

async function transact(world: TapWorld, order: TransactionOrder): Promise<void> {
  world.see(await world.terminalDesk.transact(order))
}
