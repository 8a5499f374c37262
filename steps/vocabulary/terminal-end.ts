import assert from 'node:assert/strict'
import { Given, Then, When } from '@cucumber/cucumber'
import type { HttpCall } from '../../simulators/common/http-client.ts'
import { Device } from '../../simulators/pos/device/device.ts'
import { seeded, TEST_SECRETS } from '../../simulators/pos/testing/factory.ts'
import { deskOf, oneOf } from '../terminals/desks.ts'
import { askSigned, ODD_REQUESTS } from '../terminals/testing/signed-requests.ts'
import type { TrustDesk } from '../terminals/trust-desk.ts'
import type { TapWorld } from '../world.ts'

// Requests of a terminal that was taken out of service, and requests that are not the terminal's.

type Ask = (desk: TrustDesk, device: Device) => Promise<string>

const signed =
  (path: string, content: unknown): Ask =>
  ({ rig }, device) =>
    askSigned(rig, device, path, content)

/** Every kind of request that a terminal makes. */
const REQUESTS: Readonly<Record<string, Ask>> = {
  'asks for keys': signed('/keys', { randomToken: null }),
  'confirms its keys': ({ rig }, device) => {
    const { PIN, SRED } = device.current?.keys ?? assert.fail('expected keys')
    const content = { generation: 1, checkValues: { PIN: PIN.kcv, SRED: SRED.kcv } }
    return askSigned(rig, device, '/keys/confirm', content)
  },
  'asks whether a rotation is due': signed('/keys/status', {}),
  'asks for its configuration': signed('/configuration', { version: null }),
  'asks for money': async ({ rig }, device) => (await rig.payments.pay(device)).replace('Approved', 'done'),
}

const copies = new WeakMap<TapWorld, Device>()

Given('somebody has made a copy of the terminal', function (this: TapWorld) {
  copies.set(this, Device.restore(deskOf(this).device.save(), TEST_SECRETS, seeded('copy')))
})

Then('the copy {} and hears {string}', async function (this: TapWorld, what: string, answer: string) {
  const copy = copies.get(this) ?? assert.fail('expected a copy of the terminal')
  assert.equal(await oneOf(REQUESTS, what)(deskOf(this), copy), answer)
})

Then('the device has forgotten its onboarding', function (this: TapWorld) {
  const { registration, configuration, current, staged, keyStore, whiteBox } = deskOf(this).device.save()
  assert.deepEqual([registration, configuration, current, staged], [null, null, null, null])
  assert.deepEqual([Object.keys(keyStore), whiteBox.keys], [['attestation'], {}])
})

When('the terminal sends a request that {}', async function (this: TapWorld, what: string) {
  const desk = deskOf(this)
  const { device, rig } = desk
  desk.device = await rig.newDevice()
  await desk.onboard(await desk.admit())
  const other = desk.device
  desk.device = device
  const odd = await oneOf(ODD_REQUESTS, what)(rig, other)
  desk.ended = await askSigned(rig, device, '/keys/status', {}, odd)
})

When('the terminal sends the same request twice', async function (this: TapWorld) {
  const desk = deskOf(this)
  const { rig } = desk
  const sent: HttpCall[] = []
  const call = (one: HttpCall) => {
    sent.push(one)
    return rig.http.call(one)
  }
  await desk.configure({ call })
  const again = sent[0] ?? assert.fail('expected a request')
  const { body } = await rig.http.call(again)
  assert.equal((body as { refused?: string }).refused, 'request_replayed')
})
