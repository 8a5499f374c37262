import assert from 'node:assert/strict'
import { Then, When } from '@cucumber/cucumber'
import {
  DEVICE_KEYS,
  Device,
  type DeviceFile,
  type DeviceSecrets,
} from '../../simulators/pos/device/device.ts'
import { unseal } from '../../simulators/pos/device/sealed.ts'
import { seeded, TEST_SECRETS } from '../../simulators/pos/testing/factory.ts'
import { deskOf, oneOf } from '../terminals/desks.ts'
import type { TapWorld } from '../world.ts'

// A device as a thing: what is in its file, and who can use it.

const PAN = '4111111111111111'
const SECRETS: Readonly<Record<string, keyof DeviceSecrets>> = {
  'terminal master key': 'tmk',
  'storage key': 'storageKey',
}

/** What somebody changes in a file, in the words of scenarios. */
const CHANGES: Readonly<Record<string, (file: DeviceFile) => DeviceFile>> = {
  'a bit of a transaction key': (file) => inWhiteBox(file, (handle, sealed) => [handle, flipped(sealed)]),
  'the handle of a transaction key': (file) =>
    inWhiteBox(file, (handle, sealed) => [flipped(handle), sealed]),
  'a bit of the signing key': (file) => ({
    ...file,
    keyStore: { ...file.keyStore, signing: flipped(file.keyStore.signing ?? '') },
  }),
  'the name of the signing key': ({ keyStore: { signing = '', ...others }, ...file }) => ({
    ...file,
    keyStore: { ...others, signing: others.attestation ?? '', attestation: signing },
  }),
}

/** A file, and the secrets of the device that it is put into. */
const files = new WeakMap<TapWorld, { file: DeviceFile; secrets: DeviceSecrets }>()

function inWhiteBox(
  file: DeviceFile,
  change: (handle: string, sealed: string) => [handle: string, sealed: string],
): DeviceFile {
  const keys = Object.entries(file.whiteBox.keys).map(([handle, sealed]) => change(handle, sealed))
  const moved = (set: DeviceFile['current']) =>
    set === null ? null : { ...set, keys: { PIN: moveHandle(set.keys.PIN), SRED: moveHandle(set.keys.SRED) } }
  const moveHandle = <Key extends { handle: string }>(key: Key): Key => ({
    ...key,
    handle: change(key.handle, '')[0],
  })
  const whiteBox = { ...file.whiteBox, keys: Object.fromEntries(keys) }
  return { ...file, whiteBox, current: moved(file.current) }
}

/** One bit of the last digit. */
function flipped(hex: string): string {
  return hex.slice(0, -1) + (Number.parseInt(hex.slice(-1) || '0', 16) ^ 1).toString(16)
}

/** Signs and enciphers, as a terminal does in a payment. */
async function use({ parts, current }: Device): Promise<void> {
  await parts.keyStore.sign(DEVICE_KEYS.signing, Buffer.from('a request'))
  parts.whiteBox.encipherPin(current?.keys.PIN.handle ?? '', '1234', PAN)
}

When('the device is switched off and on', function (this: TapWorld) {
  const desk = deskOf(this)
  desk.device = Device.restore(JSON.parse(JSON.stringify(desk.device.save())), TEST_SECRETS, seeded('again'))
})

When(
  /^the file of the device is put into one with another (terminal master key|storage key)$/,
  async function (this: TapWorld, secret: string) {
    const { device } = deskOf(this)
    await use(device)
    const secrets = { ...TEST_SECRETS, [oneOf(SECRETS, secret)]: new Uint8Array(32).fill(0x33) }
    files.set(this, { file: device.save(), secrets })
  },
)

When('somebody changes {} in the file of the device', async function (this: TapWorld, what: string) {
  const { device } = deskOf(this)
  await use(device)
  files.set(this, { file: oneOf(CHANGES, what)(device.save()), secrets: TEST_SECRETS })
})

Then('the device cannot use it', async function (this: TapWorld) {
  const { file, secrets } = files.get(this) ?? assert.fail('expected a file')
  await assert.rejects(
    async () => use(Device.restore(file, secrets, seeded('other'))),
    /expected ".+" as this device sealed it/,
  )
})

Then(
  'its manufacturer certified its serial number, its model and its attestation key',
  function (this: TapWorld) {
    const { device, rig } = deskOf(this)
    const { attestation, serial, model, keyStore } = device.parts
    assert.ok(attestation.verify(rig.manufacturer.certificate.publicKey))
    assert.deepEqual(
      attestation.subject.split('\n').filter((line) => !line.startsWith('CN=')),
      [`OU=${model}`, `serialNumber=${serial}`],
    )
    assert.ok(attestation.publicKey.equals(keyStore.publicKey(DEVICE_KEYS.attestation)))
  },
)

Then(
  'the file of the device has {int} sealed keys of its identity and {int} for transactions',
  function (this: TapWorld, identity: number, transactions: number) {
    const { keyStore, whiteBox } = deskOf(this).device.save()
    assert.deepEqual(
      [Object.keys(keyStore).length, Object.keys(whiteBox.keys).length],
      [identity, transactions],
    )
  },
)

Then('none of them can be read in the file', function (this: TapWorld) {
  const file = deskOf(this).device.save()
  const text = JSON.stringify(file).toLowerCase()
  const { storageKey, tmk } = TEST_SECRETS
  const plain = [
    storageKey,
    tmk,
    ...Object.entries(file.keyStore).map(([name, sealed]) => unseal(storageKey, name, sealed)),
    ...Object.entries(file.whiteBox.keys).map(([handle, sealed]) => unseal(tmk, handle, sealed)),
  ]
  for (const bytes of plain)
    for (const form of ['hex', 'base64', 'utf8'] as const)
      assert.ok(!text.includes(Buffer.from(bytes).toString(form).toLowerCase()))
})

Then('a handle that the device did not give opens nothing', function (this: TapWorld) {
  const { whiteBox } = deskOf(this).device.parts
  assert.throws(() => whiteBox.encipherPin('0011223344556677', '1234', PAN), /expected the handle of a key/)
})

Then('both stores of the device are empty', async function (this: TapWorld) {
  const { device } = deskOf(this)
  const { keyStore, whiteBox } = device.save()
  assert.deepEqual([keyStore, whiteBox], [{}, { tampered: true, keys: {} }])
  await assert.rejects(() => device.parts.keyStore.sign(DEVICE_KEYS.attestation, Buffer.from('x')))
})
