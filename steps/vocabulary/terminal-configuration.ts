import assert from 'node:assert/strict'
import { Given, Then, When } from '@cucumber/cucumber'
import { DEVICE_REASONS } from '../../protocols/onboarding/reasons.ts'
import { profileInForce } from '../../simulators/pos/onboarding/configure.ts'
import type { TerminalProfile } from '../../simulators/pos/profile.ts'
import { terminalSettings } from '../bench/terminal-settings.ts'
import { deskOf, oneOf } from '../terminals/desks.ts'
import { withFloorLimit } from '../terminals/floor-limit.ts'
import { altering, cutAt } from '../terminals/testing/faulty-http.ts'
import { CONFIGURATION_FORGERIES, forgingConfigurations } from '../terminals/testing/forged-configurations.ts'
import type { TrustDesk } from '../terminals/trust-desk.ts'
import type { TapWorld } from '../world.ts'

// Configurations of an onboarded terminal: what the merchant ASE decides, what the terminal takes.

/** First configuration that each desk's terminal got, as it came. */
const first = new WeakMap<TrustDesk, Record<string, unknown>>()

async function decide(desk: TrustDesk, changes: Record<string, unknown> = {}): Promise<number> {
  return desk.rig.office.configure(desk.terminalId, { ...(await terminalSettings('contact')), ...changes })
}

function profileOf({ device, rig }: TrustDesk): TerminalProfile {
  const force = profileInForce(device, rig.clock.now())
  return force.ready ? force.profile : assert.fail(force.reason)
}

Given('settings {string} that the merchant ASE decided', async function (this: TapWorld, name: string) {
  const desk = deskOf(this)
  await desk.rig.office.configure(desk.terminalId, await terminalSettings(name))
})

Given('the terminal has fetched its configuration', async function (this: TapWorld) {
  const desk = deskOf(this)
  const http = altering(desk.rig.http, '/configuration', (body) => {
    first.set(desk, body)
    return body
  })
  await desk.configure(http)
  assert.equal(desk.ended, 'done')
})

When('the merchant ASE decides on another country', async function (this: TapWorld) {
  await decide(deskOf(this), { country: '0250' })
})

When(
  'the merchant ASE decides on a floor limit of {int}',
  async function (this: TapWorld, floorLimit: number) {
    const desk = deskOf(this)
    await desk.rig.office.configure(
      desk.terminalId,
      withFloorLimit(await terminalSettings('contact'), floorLimit),
    )
  },
)

When('the terminal fetches its configuration', async function (this: TapWorld) {
  await deskOf(this).configure()
})

When('the terminal fetches a configuration that {}', async function (this: TapWorld, what: string) {
  const desk = deskOf(this)
  const { forgery } = oneOf(CONFIGURATION_FORGERIES, what)
  await desk.configure(forgingConfigurations(desk.rig, desk.device, forgery))
})

When(
  "the terminal is given another content under its configuration's version",
  async function (this: TapWorld) {
    const desk = deskOf(this)
    const document = (one: { settings: object }) => ({
      ...one,
      settings: { ...one.settings, country: '0250' },
    })
    await desk.configure(forgingConfigurations(desk.rig, desk.device, { document }))
  },
)

When('the terminal is given its first configuration again', async function (this: TapWorld) {
  const desk = deskOf(this)
  const kept = first.get(desk) ?? assert.fail('expected a first configuration')
  await desk.configure(altering(desk.rig.http, '/configuration', () => kept))
})

When(
  /^the terminal fetches its configuration and the (request|answer) is lost$/,
  async function (this: TapWorld, cut: 'request' | 'answer') {
    const desk = deskOf(this)
    await desk.configure(cutAt(desk.rig.http, { 0: cut }))
  },
)

When('the terminal sets itself up by it', function (this: TapWorld) {
  this.terminalDesk.terminal = profileOf(deskOf(this))
})

Then('the terminal works by version {int}', function (this: TapWorld, version: number) {
  const { device } = deskOf(this)
  profileOf(deskOf(this))
  assert.equal(device.configuration?.version, version)
})

Then('the terminal works by no configuration because {string}', function (this: TapWorld, text: string) {
  const { device, rig } = deskOf(this)
  const force = profileInForce(device, rig.clock.now())
  assert.equal(force.ready ? 'it does' : DEVICE_REASONS[force.reason], text)
})

Then('the terminal takes {string}', function (this: TapWorld, currencies: string) {
  assert.equal(Object.keys(profileOf(deskOf(this)).wallets).join(', '), currencies)
})

Then(
  'the registry knows that the terminal has version {int}',
  async function (this: TapWorld, version: number) {
    const { rig, terminalId } = deskOf(this)
    const line = (await rig.office.list()).find((one) => one.terminalId === terminalId)
    assert.equal(line?.configuration, version)
  },
)
