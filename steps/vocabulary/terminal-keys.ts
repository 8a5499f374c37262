import assert from 'node:assert/strict'
import { Given, Then, When } from '@cucumber/cucumber'
import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { AES_DUKPT, aesWorkingKey } from '../../protocols/dukpt/aes.ts'
import { hostTransactionKey, transactionKey } from '../../protocols/dukpt/host.ts'
import { readKsn } from '../../protocols/dukpt/ksn.ts'
import type { SavedDevice } from '../../protocols/dukpt/saved-device.ts'
import type { KeyPurpose } from '../../protocols/onboarding/key-purposes.ts'
import { KEY_REASONS } from '../../protocols/onboarding/reasons.ts'
import { decipherPin } from '../../protocols/pin/encipher.ts'
import { TEST_BDKS } from '../../simulators/merchant-ase/testing/software-trust-keys.ts'
import { Device } from '../../simulators/pos/device/device.ts'
import { seal } from '../../simulators/pos/device/sealed.ts'
import type { Enciphered } from '../../simulators/pos/device/white-box.ts'
import { seeded, TEST_SECRETS } from '../../simulators/pos/testing/factory.ts'
import { deskOf, oneOf } from '../terminals/desks.ts'
import { altering, cutAt } from '../terminals/testing/faulty-http.ts'
import { flippedToken } from '../terminals/testing/token-fields.ts'
import type { TrustDesk } from '../terminals/trust-desk.ts'
import type { TapWorld } from '../world.ts'

// Keys of a terminal in use: key serial numbers, PIN blocks, and tokens that carry them.

const PAN = '4111111111111111'
/** The last transaction of AES DUKPT: sixteen ones (X9.24-3:2017, 6.5). */
const LAST = 0xffff0000
const REGISTERS = 32
const LAST_REGISTER = 16

type Tokens = Record<KeyPurpose, string>

When(
  'the terminal gets a token for its PIN key with a flipped bit in its {}',
  async function (this: TapWorld, field: string) {
    const desk = deskOf(this)
    await desk.rotate(
      altering(desk.rig.http, '/keys', (body) => {
        const tokens = body.tokens as Tokens
        const flipped = flippedToken(new Uint8Array(Buffer.from(tokens.PIN, 'base64')), field)
        return { ...body, tokens: { ...tokens, PIN: Buffer.from(flipped).toString('base64') } }
      }),
    )
  },
)

When('the terminal gets its former tokens once more', async function (this: TapWorld) {
  const desk = deskOf(this)
  let former: unknown = null
  await desk.rotate(
    altering(desk.rig.http, '/keys', (body) => {
      former = body.tokens
      return body
    }),
  )
  assert.equal(desk.ended, 'done')
  await desk.rotate(altering(desk.rig.http, '/keys', (body) => ({ ...body, tokens: former })))
})

/** Identifiers of initial keys that a terminal might name, in the words of scenarios. */
const IDENTIFIERS: Readonly<Record<string, (desk: TrustDesk) => Promise<string>>> = {
  'of its PIN key': async ({ device }) => idOf(device, 'PIN'),
  'of its key for account data': async ({ device }) => idOf(device, 'SRED'),
  'that nobody was given': async ({ device }) => `${idOf(device, 'PIN').slice(0, 8)}0FFFFFFF`,
  'of another base derivation key': async ({ device }) => `00000009${idOf(device, 'PIN').slice(8)}`,
  'of another terminal': async (desk) => {
    const { device } = desk
    const { terminalId } = desk
    desk.device = await desk.rig.newDevice()
    await desk.onboard(await desk.admit())
    await desk.rotate()
    const id = idOf(desk.device, 'PIN')
    desk.device = device
    desk.resume(terminalId)
    return id
  },
  'of keys that were not confirmed': async (desk) => {
    await desk.rotate(cutAt(desk.rig.http, { 1: 'request' }))
    return desk.device.staged?.keys.PIN.id ?? assert.fail('expected keys on their way')
  },
}

Then(
  'a PIN under the key serial number {} is {string}',
  async function (this: TapWorld, whose: string, verdict: string) {
    const desk = deskOf(this)
    const id = fromHex(await oneOf(IDENTIFIERS, whose)(desk))
    const judged = await desk.rig.office.judgeKey(desk.terminalId, 'PIN', { id })
    assert.equal(judged.usable ? 'usable' : KEY_REASONS[judged.reason], verdict)
  },
)

/** What a merchant ASE makes of a PIN block that is not what the terminal sent. */
const PIN_BLOCKS: Readonly<
  Record<string, (sent: Enciphered) => { block: Uint8Array; ksn: Uint8Array; pan: string }>
> = {
  'as it was sent': ({ data: block, ksn }) => ({ block, ksn, pan: PAN }),
  'with another PAN': ({ data: block, ksn }) => ({ block, ksn, pan: '4222222222222220' }),
  'with a flipped bit': ({ data, ksn }) => ({ block: data.with(3, (data[3] ?? 0) ^ 1), ksn, pan: PAN }),
  'with the key serial number of the next transaction': ({ data: block, ksn }) => ({
    block,
    ksn: ksn.with(-1, (ksn.at(-1) ?? 0) + 1),
    pan: PAN,
  }),
}

Then(/^a PIN block (.+) gives (the|no) PIN$/, function (this: TapWorld, how: string, which: 'the' | 'no') {
  const { device } = deskOf(this)
  const { block, ksn, pan } = oneOf(PIN_BLOCKS, how)(encipher(device) ?? assert.fail('exhausted'))
  const read = readKsn(AES_DUKPT, ksn)
  if (!read.ok) return assert.fail(read.reason)
  const key = aesWorkingKey(hostTransactionKey(TEST_BDKS.PIN, read.ksn), read.ksn, 'pinEncryption', 'AES256')
  const found = decipherPin({ format: 4, key, pan }, block)
  assert.equal(found.ok && found.pin === '1234', which === 'the')
})

Given('the PIN key of the terminal has one transaction left', function (this: TapWorld) {
  const desk = deskOf(this)
  desk.device = wornOut(desk.device)
})

Then(/^the terminal (can|cannot) encipher a PIN$/, function (this: TapWorld, can: 'can' | 'cannot') {
  assert.equal(encipher(deskOf(this).device) !== null, can === 'can')
})

function encipher({ current, parts }: Device): Enciphered | null {
  const { handle } = current?.keys.PIN ?? assert.fail('expected keys')
  return parts.whiteBox.encipherPin(handle, '1234', PAN)
}

function idOf({ current }: Device, purpose: KeyPurpose): string {
  return current?.keys[purpose].id ?? assert.fail('expected keys')
}

/** The same device after all transactions of its PIN key but the last. */
function wornOut(device: Device): Device {
  const file = device.save()
  const { handle, id } = device.current?.keys.PIN ?? assert.fail('expected keys')
  const ksn = { scheme: AES_DUKPT, id: fromHex(id), counter: LAST }
  const key = toHex(transactionKey(AES_DUKPT.initialKey(TEST_BDKS.PIN, ksn.id), ksn))
  const registers = Array.from({ length: REGISTERS }, (_, bit) => (bit === LAST_REGISTER ? key : null))
  const state: SavedDevice = { scheme: AES_DUKPT.name, id, counter: LAST, registers }
  const sealed = seal(TEST_SECRETS.tmk, handle, Buffer.from(JSON.stringify(state)), seeded('worn out'))
  const whiteBox = { ...file.whiteBox, keys: { ...file.whiteBox.keys, [handle]: sealed } }
  return Device.restore({ ...file, whiteBox }, TEST_SECRETS, seeded('worn'))
}
