import assert from 'node:assert/strict'
import { AfterAll, Given, Then, When } from '@cucumber/cucumber'
import { DUKPT_SCHEMES, type DukptName } from '../../protocols/dukpt/schemes.ts'
import { DEVICE_REASONS } from '../../protocols/onboarding/reasons.ts'
import { Device } from '../../simulators/pos/device/device.ts'
import { rotate } from '../../simulators/pos/onboarding/rotate.ts'
import { seeded, TEST_SECRETS } from '../../simulators/pos/testing/factory.ts'
import { begin, deskOf, oneOf } from '../terminals/desks.ts'
import { cutAt } from '../terminals/testing/faulty-http.ts'
import { forgingOnboardings, ONBOARDING_FORGERIES } from '../terminals/testing/forged-onboardings.ts'
import { DOWNGRADED_HEADERS, FORGERIES } from '../terminals/testing/forged-tokens.ts'
import { DAY } from '../terminals/testing/rig.ts'
import { closeTrustRig, LIES, ODD_KEYS } from '../terminals/trust-desk.ts'
import type { TapWorld } from '../world.ts'

AfterAll(closeTrustRig)

Given('a device from the factory', async function (this: TapWorld) {
  await begin(this)
})

Given('an onboarded terminal', async function (this: TapWorld) {
  const desk = await begin(this)
  await desk.onboard(await desk.admit())
  assert.equal(desk.ended, 'done')
})

Given('an onboarded terminal with keys', async function (this: TapWorld) {
  const desk = await begin(this)
  await desk.onboard(await desk.admit())
  await desk.rotate()
  assert.equal(desk.ended, 'done')
})

When(
  'the device is onboarded with a signing key of {word}',
  async function (this: TapWorld, kind: 'Ed25519' | 'P-256') {
    const desk = deskOf(this)
    await desk.onboard(await desk.admit(), kind)
  },
)

When('the device is onboarded', async function (this: TapWorld) {
  const desk = deskOf(this)
  await desk.onboard(await desk.admit())
})

When('the device is onboarded without being on the allow list', async function (this: TapWorld) {
  const desk = deskOf(this)
  await desk.onboard(await desk.rig.office.issueCode(desk.merchantId, DAY))
})

When('the device is onboarded with an activation code that nobody issued', async function (this: TapWorld) {
  const desk = deskOf(this)
  await desk.admit()
  await desk.onboard('nobody issued this')
})

When('the device is onboarded with an activation code that has expired', async function (this: TapWorld) {
  const desk = deskOf(this)
  const code = await desk.admit()
  desk.rig.clock.advance(DAY + 1)
  await desk.onboard(code)
})

When(
  'the device is onboarded with an activation code that another device has used',
  async function (this: TapWorld) {
    const desk = deskOf(this)
    const { device } = desk
    desk.device = await desk.rig.newDevice()
    const code = await desk.admit()
    await desk.onboard(code)
    assert.equal(desk.ended, 'done')
    desk.device = device
    await desk.rig.admit(device)
    await desk.onboard(code)
  },
)

When('the device is onboarded and lies about {}', async function (this: TapWorld, what: string) {
  await deskOf(this).pretend(oneOf(LIES, what)())
})

When('the device is onboarded, bringing {}', async function (this: TapWorld, what: string) {
  await deskOf(this).pretend(oneOf(ODD_KEYS, what)())
})

When('the device is onboarded and gets an answer {}', async function (this: TapWorld, what: string) {
  const desk = deskOf(this)
  const http = forgingOnboardings(desk.rig, oneOf(ONBOARDING_FORGERIES, what))
  await desk.onboard(await desk.admit(), 'Ed25519', http)
})

When('somebody opens the device', function (this: TapWorld) {
  deskOf(this).device.tamper()
})

When('the terminal rotates its keys', async function (this: TapWorld) {
  await deskOf(this).rotate()
})

When('the terminal rotates to keys of {dukpt} DUKPT', async function (this: TapWorld, dukpt: DukptName) {
  await deskOf(this).rotate(undefined, { dukpt })
})

Then("the terminal's keys are of {dukpt} DUKPT", function (this: TapWorld, dukpt: DukptName) {
  const { current, parts } = deskOf(this).device
  assert.equal(current?.dukpt, dukpt)
  const { ksn } = parts.whiteBox.encipherData(current.keys.SRED.handle, Buffer.from('account')) ?? {}
  assert.equal(ksn?.length, DUKPT_SCHEMES[dukpt].ksnBytes)
})

// POST /keys, then POST /keys/confirm.
const CUTS: Readonly<Record<string, Record<number, 'request' | 'answer'>>> = {
  'before the keys are asked for': { 0: 'request' },
  'before the keys arrive': { 0: 'answer' },
  'before the confirmation arrives': { 1: 'request' },
  'before the confirmation is answered': { 1: 'answer' },
}

When('the rotation of the keys is cut {}', async function (this: TapWorld, when: string) {
  const desk = deskOf(this)
  await desk.rotate(cutAt(desk.rig.http, oneOf(CUTS, when)))
})

When('the power is lost in a rotation of the keys, {}', async function (this: TapWorld, when: string) {
  const desk = deskOf(this)
  let file = desk.device.save()
  const keep = async (device: Device) => {
    file = device.save()
  }
  await desk.rotate(cutAt(desk.rig.http, oneOf(CUTS, when)), { keep })
  desk.device = Device.restore(file, TEST_SECRETS, seeded('again'))
})

When('the terminal rotates its keys twice at once', async function (this: TapWorld) {
  const { device, rig } = deskOf(this)
  const both = await Promise.all([rotate(device, rig.options()), rotate(device, rig.options())])
  assert.deepEqual(both, [{ done: true }, { done: true }])
})

When('the terminal gets a token for its PIN key that {}', async function (this: TapWorld, what: string) {
  const desk = deskOf(this)
  await desk.rotateWith(await oneOf(FORGERIES, what).forgery(desk.rig))
})

When(
  'the terminal gets a token for its PIN key whose header {}',
  async function (this: TapWorld, what: string) {
    await deskOf(this).rotateWith({ header: oneOf(DOWNGRADED_HEADERS, what) })
  },
)

When('the terminal gets the key for SRED as the one for PIN', async function (this: TapWorld) {
  await deskOf(this).rotateWith({ purpose: 'SRED' })
})

When('{int} day(s) pass(es)', function (this: TapWorld, days: number) {
  deskOf(this).rig.clock.advance(days * DAY)
})

When('the merchant ASE demands a rotation', async function (this: TapWorld) {
  const desk = deskOf(this)
  await desk.rig.office.demandRotation(desk.terminalId)
})

When("the merchant ASE withdraws the terminal's keys", async function (this: TapWorld) {
  const desk = deskOf(this)
  await desk.rig.office.withdrawKeys(desk.terminalId)
})

When(
  /^the merchant ASE reports the terminal as (decommissioned|compromised)$/,
  async function (this: TapWorld, state: 'decommissioned' | 'compromised') {
    const desk = deskOf(this)
    await desk.rig.office.retire(desk.terminalId, state)
  },
)

Then('the ceremony is done', function (this: TapWorld) {
  assert.equal(deskOf(this).ended, 'done')
})

Then('the ceremony ends because {string}', function (this: TapWorld, text: string) {
  assert.equal(deskOf(this).ended, text)
})

Then('the token is refused for its {string}', function (this: TapWorld, reason: string) {
  const { ended, detail } = deskOf(this)
  assert.deepEqual(
    [ended, detail],
    [DEVICE_REASONS.token_refused, `${DEVICE_REASONS.token_refused}: PIN: ${reason}`],
  )
})

Then('the device is a terminal of its merchant', async function (this: TapWorld) {
  const { rig, terminalId, device } = deskOf(this)
  const line = (await rig.office.list()).find((one) => one.terminalId === terminalId)
  assert.deepEqual([line?.serial, line?.state], [device.parts.serial, 'active'])
  assert.match(device.registration?.signing.subject ?? '', /^O=shop\n/)
})

Then('the device is no terminal', function (this: TapWorld) {
  const { device } = deskOf(this)
  assert.deepEqual([device.registration, device.current], [null, null])
})

Then('the device holds no keys', function (this: TapWorld) {
  const { parts, current } = deskOf(this).device
  assert.deepEqual([current, parts.whiteBox.save().keys], [null, {}])
})

Then('the terminal uses key generation {int}', function (this: TapWorld, generation: number) {
  assert.equal(deskOf(this).device.current?.generation, generation)
})

Then("the terminal's keys are usable", async function (this: TapWorld) {
  assert.equal(await deskOf(this).judge('current'), 'usable')
})

Then("the terminal's keys are refused because {string}", async function (this: TapWorld, text: string) {
  assert.equal(await deskOf(this).judge('current'), text)
})

Then('the former keys are usable', async function (this: TapWorld) {
  assert.equal(await deskOf(this).judge('former'), 'usable')
})

Then('the former keys are refused because {string}', async function (this: TapWorld, text: string) {
  assert.equal(await deskOf(this).judge('former'), text)
})

Then('no rotation is due', async function (this: TapWorld) {
  assert.equal(await deskOf(this).rotateIfDue(), false)
})

Then('a rotation is due, and succeeds', async function (this: TapWorld) {
  const desk = deskOf(this)
  assert.equal(await desk.rotateIfDue(), true)
  assert.equal(desk.ended, 'done')
})
