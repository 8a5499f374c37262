import assert from 'node:assert/strict'
import { Given, Then, When } from '@cucumber/cucumber'
import type { Device } from '../../simulators/pos/device/device.ts'
import { configure } from '../../simulators/pos/onboarding/configure.ts'
import type { CeremonyOutcome } from '../../simulators/pos/onboarding/outcome.ts'
import { terminalSettings } from '../bench/terminal-settings.ts'
import { nameOf } from '../bench/terminals.ts'
import { oneOf } from '../terminals/desks.ts'
import { endingOf } from '../terminals/ending.ts'
import { withFloorLimit } from '../terminals/floor-limit.ts'
import { answerTo, FORGED_ANSWERS } from '../terminals/forged-answers.ts'
import { altering } from '../terminals/testing/faulty-http.ts'
import type { TapWorld } from '../world.ts'

// Taps at the terminal of the scenario's shop, by the configuration that it fetched from the merchant ASE.

const DAY = 24 * 60 * 60 * 1000

const ceremonies = new WeakMap<TapWorld, CeremonyOutcome>()

function deviceOf({ shop }: TapWorld): Device {
  return shop.device ?? assert.fail('expected an onboarded terminal: begin with one')
}

async function decide(world: TapWorld, settings: Record<string, unknown>): Promise<void> {
  await world.bench.office.configure(nameOf(deviceOf(world)), settings)
}

Given(
  'a merchant who takes {currency} with an onboarded terminal {string}',
  async function (this: TapWorld, currency: string, terminal: string) {
    this.shop = await this.bench.openShop({ currency, admission: 'onboarded', terminal })
  },
)

Given('a terminal that has not fetched a configuration yet', async function (this: TapWorld) {
  const device = await this.bench.terminals.onboarded(this.shop.merchantId)
  this.shop = { ...this.shop, device, terminal: this.bench.configuredTerminal(device) }
})

When(
  "the office decides on a floor limit of {int} for the shop's terminal",
  async function (this: TapWorld, floorLimit: number) {
    await decide(this, withFloorLimit(await terminalSettings('contact'), floorLimit))
  },
)

When("the office decides on another country for the shop's terminal", async function (this: TapWorld) {
  await decide(this, { ...(await terminalSettings(this.bench.profile.pos.terminal)), country: '0250' })
})

When("the office decides on other applications for the shop's terminal", async function (this: TapWorld) {
  const settings = await terminalSettings(this.bench.profile.pos.terminal)
  await decide(this, { ...settings, aids: ['A000000999'] })
})

When("the office decides on TDES DUKPT for the shop's terminal", async function (this: TapWorld) {
  const settings = await terminalSettings(this.bench.profile.pos.terminal)
  await decide(this, { ...settings, dukpt: 'TDES', pinBlockFormat: 0 })
})

When('the terminal of the shop fetches its configuration', async function (this: TapWorld) {
  assert.deepEqual(await configure(deviceOf(this), this.bench.terminals.options()), { done: true })
})

When('the terminal of the shop is sent a configuration {}', async function (this: TapWorld, what: string) {
  const { bench, shop } = this
  const device = deviceOf(this)
  const forge = oneOf(FORGED_ANSWERS, what)
  const former = await answerTo(bench, device)
  await decide(this, { ...(await terminalSettings(bench.profile.pos.terminal)), country: '0056' })
  assert.deepEqual(await configure(device, bench.terminals.options()), { done: true })
  const other = await bench.terminals.onboarded(shop.merchantId)
  await bench.office.configure(nameOf(other), await terminalSettings(bench.profile.pos.terminal))
  await decide(this, { ...(await terminalSettings(bench.profile.pos.terminal)), aids: ['A000000999'] })
  const http = altering(bench.terminals.http, '/configuration', (body) =>
    forge(body as Parameters<typeof forge>[0], { bench, other, former }),
  )
  ceremonies.set(this, await configure(device, bench.terminals.options({ http })))
})

When('a week passes', async function (this: TapWorld) {
  await this.bench.pass(7 * DAY)
})

Then('the terminal of the shop refuses it because {string}', function (this: TapWorld, reason: string) {
  const outcome = ceremonies.get(this) ?? assert.fail('expected a configuration that was sent')
  assert.equal(endingOf(outcome), reason)
})

Then('the terminal of the shop works by version {int}', function (this: TapWorld, version: number) {
  assert.equal(deviceOf(this).configuration?.version, version)
})

Then(
  'the registry shows version {int} of the configuration of the terminal',
  async function (this: TapWorld, version: number) {
    const line = (await this.bench.office.terminals()).find(
      ({ terminalId }) => terminalId === nameOf(deviceOf(this)),
    )
    assert.equal(line?.configuration, version)
  },
)
