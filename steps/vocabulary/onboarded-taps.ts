import assert from 'node:assert/strict'
import { defineParameterType, Given, Then, When } from '@cucumber/cucumber'
import { DUKPT_NAMES, type DukptName } from '../../protocols/dukpt/schemes.ts'
import type { Device } from '../../simulators/pos/device/device.ts'
import { onboard } from '../../simulators/pos/onboarding/onboard.ts'
import { rotate } from '../../simulators/pos/onboarding/rotate.ts'
import { loadTerminalProfile } from '../../simulators/pos/profile.ts'
import type { SecuredMembers } from '../../simulators/pos/secured-members.ts'
import { nameOf } from '../bench/terminals.ts'
import { cutAt } from '../terminals/testing/faulty-http.ts'
import { WRONG_WAYS } from '../terminals/wrong-ways.ts'
import type { TapWorld } from '../world.ts'

// The terminal of the scenario's shop, as a device that was onboarded on the bench.

defineParameterType({
  name: 'dukpt',
  regexp: new RegExp(DUKPT_NAMES.join('|')),
  transformer: (name: string) => name,
})
defineParameterType({
  name: 'wrongWay',
  regexp: new RegExp(Object.keys(WRONG_WAYS).join('|')),
  transformer: (way: string) => way,
})

const DAY = 24 * 60 * 60 * 1000

function deviceOf({ shop }: TapWorld): Device {
  if (shop.device === null) throw new Error('expected an onboarded terminal: begin with one')
  return shop.device
}

Given(
  'a merchant who takes {currency} with an onboarded terminal',
  async function (this: TapWorld, currency: string) {
    this.shop = await this.bench.openShop({ currency, admission: 'onboarded' })
  },
)

Given('a terminal that {wrongWay}', async function (this: TapWorld, way: string) {
  const { bench, shop } = this
  const other = await bench.terminals.onboarded(shop.merchantId)
  const wrong = await WRONG_WAYS[way]?.(bench, deviceOf(this), other)
  assert.ok(wrong)
  const { id = nameOf(deviceOf(this)), ...changes } = wrong
  const profile = {
    ...(await loadTerminalProfile(bench.profile.pos.terminal)),
    id,
    wallets: { [shop.currency]: shop.walletAddress },
  }
  this.shop = { ...shop, terminal: bench.terminalOf(profile, deviceOf(this), changes) }
})

When('a month and a day pass', async function (this: TapWorld) {
  await this.bench.pass(31 * DAY)
})

When('the terminal of the shop rotates its keys', async function (this: TapWorld) {
  assert.deepEqual(await rotate(deviceOf(this), this.bench.terminals.options()), { done: true })
})

When(
  'the terminal of the shop rotates to keys of {dukpt} DUKPT',
  async function (this: TapWorld, dukpt: DukptName) {
    assert.deepEqual(await rotate(deviceOf(this), this.bench.terminals.options({ dukpt })), { done: true })
  },
)

Then('the payment was sent with key serial numbers of {int} bytes', function (this: TapWorld, bytes: number) {
  const { account, pin }: SecuredMembers = JSON.parse(this.lastTap.request?.body ?? '{}')
  assert.deepEqual([account?.ksn.length, pin?.ksn.length], [bytes * 2, bytes * 2])
})

When('the terminal of the shop rotates its keys twice at once', async function (this: TapWorld) {
  const options = this.bench.terminals.options()
  const both = await Promise.all([rotate(deviceOf(this), options), rotate(deviceOf(this), options)])
  assert.deepEqual(both, [{ done: true }, { done: true }])
})

When('the rotation of the shop is cut before its confirmation is answered', async function (this: TapWorld) {
  const http = cutAt(this.bench.terminals.http, { 1: 'answer' })
  const outcome = await rotate(deviceOf(this), this.bench.terminals.options({ http }))
  assert.equal(outcome.done, false)
})

When(
  /^the merchant ASE takes the terminal of the shop out of service as (decommissioned|compromised)$/,
  async function (this: TapWorld, state: 'decommissioned' | 'compromised') {
    await this.bench.office.retire(nameOf(deviceOf(this)), state)
  },
)

When("the merchant ASE withdraws the keys of the shop's terminal", async function (this: TapWorld) {
  await this.bench.office.demandRotation(nameOf(deviceOf(this)), true)
})

When('another device is onboarded and gets its keys', async function (this: TapWorld) {
  const { terminals } = this.bench
  const device = await terminals.make()
  const activationCode = await terminals.admit(device, this.shop.merchantId)
  const options = terminals.options()
  assert.deepEqual(await onboard(device, { activationCode, signingKind: 'P-256' }, options), { done: true })
  assert.deepEqual(await rotate(device, options), { done: true })
  this.shop = { ...this.shop, device }
})

When(
  "somebody without a certificate sends the recorded request to the terminals' API",
  async function (this: TapWorld) {
    const { request } = this.lastTap
    assert.ok(request)
    const call = { ...request, to: 'merchant-ase', method: 'POST', timeoutMs: 5_000 } as const
    this.answer = await this.bench.terminals.http.call(call)
  },
)

Then('the registry shows the terminal as {string}', async function (this: TapWorld, state: string) {
  const line = await lineOf(this)
  assert.equal(line.state, state)
})

Then(
  'the registry shows key generation {int} of the terminal',
  async function (this: TapWorld, generation: number) {
    const line = await lineOf(this)
    assert.equal(line.generation, generation)
    assert.ok((line.rotationDue ?? 0) > this.bench.clock.now() + 29 * DAY)
  },
)

async function lineOf(world: TapWorld) {
  const lines = await world.bench.office.terminals()
  const line = lines.find(({ terminalId }) => terminalId === nameOf(deviceOf(world)))
  return line ?? assert.fail('expected the terminal in the registry, it is not there')
}
