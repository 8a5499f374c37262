import { Given } from '@cucumber/cucumber'
import { machineRandom } from '../../simulators/common/machine-random.ts'
import type { Money } from '../bench/money.ts'
import type { CustomerFunctions } from '../bench/threads/customer.ts'
import type { TapWorld } from '../world.ts'

type CardState = Parameters<CustomerFunctions['setCardState']>[1]

Given(
  'a cardholder with {money} and a card {string}',
  async function (this: TapWorld, balance: Money, profile: string) {
    this.holder = await this.bench.openAccount(balance)
    await this.giveCard(profile)
  },
)

Given(
  'somebody else with {money} and a card {string}',
  async function (this: TapWorld, balance: Money, profile: string) {
    this.somebodyElse = await this.bench.openAccount(balance)
    await this.bench.issueCard(this.somebodyElse, { profile })
  },
)

Given(
  'the cardholder has a card {string} that makes wrong cryptograms',
  async function (this: TapWorld, profile: string) {
    await this.giveCard(profile, { faults: { corruptCryptogram: true } })
  },
)

Given(
  'the cardholder has a card {string} whose transaction counter stands still',
  async function (this: TapWorld, profile: string) {
    await this.giveCard(profile, { faults: { freezeAtc: true } })
  },
)

Given(
  'the cardholder has a card {string} that the issuer never issued',
  async function (this: TapWorld, profile: string) {
    // A real account without a card; the card is made with the key of another account's.
    const cardless = await this.bench.openAccount({
      value: this.holder.opened,
      currency: this.holder.currency,
      scale: this.holder.scale,
    })
    await this.giveCard(profile, { faults: { walletAddress: cardless.walletAddress } })
  },
)

Given(
  'the cardholder has a card {string} with a wallet address that nobody has',
  async function (this: TapWorld, profile: string) {
    const { walletHost } = this.bench.services.plan
    await this.giveCard(profile, { faults: { walletAddress: `https://${walletHost.customer}/nobody` } })
  },
)

Given(
  'the cardholder has a card {string} with the wallet address of somebody else',
  async function (this: TapWorld, profile: string) {
    await this.giveCard(profile, { faults: { walletAddress: this.somebodyElse.walletAddress } })
  },
)

Given(
  'the cardholder has a card {string} with a limit of {money}',
  async function (this: TapWorld, profile: string, limit: Money) {
    await this.giveCard(profile, { limit: limit.value })
  },
)

Given('the card is {cardState}', async function (this: TapWorld, state: CardState) {
  await this.bench.services.customer.setCardState(this.card.id, state)
})

Given('a merchant who takes {currency}', async function (this: TapWorld, currency: string) {
  this.shop = await this.bench.openShop({ currency })
})

Given(
  'a merchant who takes {currency} up to {money}',
  async function (this: TapWorld, currency: string, limit: Money) {
    this.shop = await this.bench.openShop({ currency, limit: limit.value })
  },
)

Given('a merchant whose wallet address Rafiki does not know', async function (this: TapWorld) {
  this.shop = await this.bench.openShop({ currency: this.shop.currency, knownToRafiki: false })
})

Given('the merchant is suspended', async function (this: TapWorld) {
  await this.bench.services.merchant.setMerchantState(this.shop.merchantId, 'suspended')
})

Given('a terminal that is not registered', async function (this: TapWorld) {
  this.shop = await this.bench.openShop({ currency: this.shop.currency, admission: 'none' })
})

Given('a terminal whose unpredictable number is always the same', function (this: TapWorld) {
  // Of each scenario another one: an issuer remembers it longer than a scenario lasts.
  this.tamper.unpredictableNumber = machineRandom(4)
})

Given('a terminal whose transaction date is {int} day(s) ago', function (this: TapWorld, days: number) {
  this.tamper.transactionClockMs = -days * 24 * 3_600_000
})

Given('a terminal whose clock is {int} minutes slow', function (this: TapWorld, minutes: number) {
  this.tamper.requestClockMs = -minutes * 60_000
})

Given('a terminal whose clock is {int} minutes fast', function (this: TapWorld, minutes: number) {
  this.tamper.requestClockMs = minutes * 60_000
})

Given(
  /^a terminal whose clock is (\d+) seconds (slow|fast)$/,
  function (this: TapWorld, seconds: string, way: string) {
    this.tamper.requestClockMs = (way === 'slow' ? -1_000 : 1_000) * Number(seconds)
  },
)

Given(
  /^a terminal whose transaction date is (\d+) hours (past|ahead)$/,
  function (this: TapWorld, hours: string, way: string) {
    this.tamper.transactionClockMs = (way === 'past' ? -3_600_000 : 3_600_000) * Number(hours)
  },
)

Given(
  'the cardholder has a card {string} that pays abroad',
  async function (this: TapWorld, profile: string) {
    await this.giveCard(profile, { abroad: true })
  },
)

Given(
  'the cardholder has a card {string} that pays abroad up to {money}',
  async function (this: TapWorld, profile: string, limit: Money) {
    await this.giveCard(profile, { abroad: true, limit: limit.value })
  },
)

Given('the merchant is closed', async function (this: TapWorld) {
  await this.bench.services.merchant.setMerchantState(this.shop.merchantId, 'closed')
})

Given('the merchant is active again', async function (this: TapWorld) {
  await this.bench.services.merchant.setMerchantState(this.shop.merchantId, 'active')
})
