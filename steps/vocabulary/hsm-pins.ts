import { Given, When } from '@cucumber/cucumber'
import type { PinAccount, PinSide } from '../../hardware/hsm/pins.ts'
import { fromHex } from '../../protocols/bytes/bytes.ts'
import { encryptEcb } from '../../protocols/mac/des.ts'
import { decipherPin, encipherPin } from '../../protocols/pin/encipher.ts'
import { naturalPin, validationData } from '../../protocols/pin/ibm3624.ts'
import { pinReferenceValue } from '../../protocols/pin/reference.ts'
import type { HsmDesk } from '../hsm/hsm-desk.ts'
import { aesOf, published, tdesOf } from '../hsm/published.ts'
import type { TapWorld } from '../world.ts'

type Format = PinSide['format']
type Method = PinAccount['method']

const PAN = '4012345678909'
const METHODS = {
  'ibm-3624': {
    usage: 'PIN verification, IBM 3624',
    account: { validationData: '4012345678909FFF', decimalizationTable: '0123456789012345' },
  },
  'visa-pvv': { usage: 'PIN verification, Visa PVV', account: { pan: PAN, keyIndex: '1' } },
} as const

Given('an account whose PIN is held by {word}', async function (this: TapWorld, method: string) {
  const { usage, account } = METHODS[method as Method]
  await this.hsmDesk.importKey('pvk', usage, 'tdes-2')
  this.hsmDesk.account = { account: { method, key: 'pvk', ...account } as PinAccount, value: '', pan: PAN }
})

/** Its key, its data and the offset or PVV of its PIN. */
Given('the account of the published {string}', async function (this: TapWorld, id: string) {
  const vector = published('card-values', id)
  const method = vector.kind as Method
  await this.hsmDesk.importKey('pvk', METHODS[method].usage, 'tdes-2', { value: fromHex(vector.pvk) })
  const { pan, validationOffset: from, validationLength: length, padCharacter: filler } = vector
  const account =
    method === 'visa-pvv'
      ? { pan, keyIndex: vector.pvki }
      : {
          validationData: validationData(pan, Number(from), Number(length), filler),
          decimalizationTable: vector.decimalisationTable,
        }
  const value = vector.offset ?? vector.pvv
  this.hsmDesk.account = { account: { method, key: 'pvk', ...account } as PinAccount, value, pan }
})

Given('its decimalization table is {word}', function (this: TapWorld, decimalizationTable: string) {
  const { account, ...rest } = accountOf(this.hsmDesk)
  this.hsmDesk.account = { account: { ...account, decimalizationTable } as PinAccount, ...rest }
})

/** The block that a device or an acquirer sent, under the key of a transaction. */
When(
  'the block of the published translation {string} is translated',
  async function (this: TapWorld, id: string) {
    const { hsmDesk } = this
    const { in: from, out: to } = published('pin-blocks', id)
    const key = fromHex(from.pinKey)
    const algorithm = from.format === 'format-4' ? aesOf(key) : tdesOf(key)
    await hsmDesk.importKey('in', 'PIN working', algorithm, { value: key })
    await hsmDesk.importKey('out', 'PIN working', 'tdes-2', { value: fromHex(to.key) })
    const block = fromHex(from.encryptedPinBlock)
    const sides = { from: { key: 'in', ...publishedSide(from) }, to: { key: 'out', ...publishedSide(to) } }
    await hsmDesk.ask(async () => {
      const result = await hsmDesk.hsm.pins.translatePin({ ...sides, block })
      return result.ok ? result.block : result.reason
    })
    hsmDesk.expected = to.encryptedPinBlock === undefined ? null : fromHex(to.encryptedPinBlock)
  },
)

/** What comes of a block is read in software; or the reason why nothing comes. */
When(
  'a block of format {int} with the PIN {word} is translated from {string} to format {int} under {string}',
  async function (this: TapWorld, format: number, pin: string, key: string, toFormat: number, toKey: string) {
    const { hsmDesk } = this
    const from = { key, format: format as Format, pan: PAN }
    const block = encipherPin({ ...from, key: hsmDesk.value(key) }, pin, hsmDesk.random)
    await translate(hsmDesk, from, block, { key: toKey, format: toFormat as Format, pan: PAN })
  },
)

When(
  'the block of the published TDES DUKPT transaction {string} is translated to format {int} under {string}',
  async function (this: TapWorld, id: string, format: number, key: string) {
    const { ksn, pan, encryptedPinBlock } = published('dukpt-tdes', id)
    const { bdk } = published('dukpt-tdes', 'tdes-ik-1')
    await this.hsmDesk.importKey('bdk', 'DUKPT base', 'tdes-2', { value: fromHex(bdk) })
    const from = { key: 'bdk', ksn: fromHex(ksn), format: 0, pan } as const
    await translate(this.hsmDesk, from, fromHex(encryptedPinBlock), { key, format: format as Format, pan })
  },
)

When(
  'the block of the published AES DUKPT transaction {string} is translated to format {int} under {string}',
  async function (this: TapWorld, id: string, format: number, key: string) {
    const { ksn, pinFormat4 } = published('dukpt-aes', id)
    const { bdk } = published('dukpt-aes', 'aes128-ik')
    await this.hsmDesk.importKey('bdk', 'DUKPT base', 'aes-128', { value: fromHex(bdk) })
    const { pan, encryptedPinBlock } = pinFormat4
    const from = { key: 'bdk', ksn: fromHex(ksn), format: 4, pan } as const
    await translate(this.hsmDesk, from, fromHex(encryptedPinBlock), { key, format: format as Format, pan })
  },
)

/** A clear block that no PIN makes, enciphered for the HSM. */
When(
  'the malformed block {string} is translated from {string} to {string}',
  async function (this: TapWorld, id: string, key: string, toKey: string) {
    const { hsmDesk } = this
    const { pinBlock, pan, format } = published('pin-blocks', id)
    const side = { format: formatOf(format), pan: pan ?? PAN }
    const block = encryptEcb(hsmDesk.value(key), fromHex(pinBlock))
    await translate(hsmDesk, { key, ...side }, block, { key: toKey, ...side })
  },
)

When(
  'a block of {int} bytes in format {int} is translated from {string} to {string}',
  async function (this: TapWorld, length: number, format: number, key: string, toKey: string) {
    const side = { format: format as Format, pan: PAN }
    const block = this.hsmDesk.random(length)
    await translate(this.hsmDesk, { key, ...side }, block, { key: toKey, ...side })
  },
)

When('the PIN {word} under {string} is verified', async function (this: TapWorld, pin: string, key: string) {
  const { hsmDesk } = this
  const { account, value, pan } = accountOf(hsmDesk)
  const args = { account, value, ...sent(hsmDesk, key, { pin, pan }) }
  await hsmDesk.ask(async () => {
    const verdict = await hsmDesk.hsm.pins.verifyPin(args)
    return verdict.ok ? 'right' : verdict.reason
  })
})

/** From now on the account has the new value, when there is one. */
When(
  'the PIN {word} is changed to {word} under {string}',
  async function (this: TapWorld, pin: string, next: string, key: string) {
    const { hsmDesk } = this
    const { account, value, pan } = accountOf(hsmDesk)
    const blocks = { current: sent(hsmDesk, key, { pin, pan }), next: sent(hsmDesk, key, { pin: next, pan }) }
    await hsmDesk.ask(async () => {
      const changed = await hsmDesk.hsm.pins.changePin({ account, value, ...blocks })
      if (changed.ok) hsmDesk.account = { account, pan, value: changed.value }
      return changed.ok ? 'changed' : changed.reason
    })
  },
)

/** The value to keep is compared with what software makes of the PIN in the block that came. */
When(
  'a random PIN of {int} digits is generated in format {int} under {string}',
  async function (this: TapWorld, length: number, format: number, key: string) {
    await generate(this.hsmDesk, { source: 'random', length, to: { key, format: format as Format } })
  },
)

When('the natural PIN is generated under {string}', async function (this: TapWorld, key: string) {
  await generate(this.hsmDesk, { source: 'natural', length: 4, to: { key, format: 0 } })
})

async function generate(
  hsmDesk: HsmDesk,
  { source, length, to }: { source: 'random' | 'natural'; length: number; to: PinSide },
): Promise<void> {
  const { account, pan } = accountOf(hsmDesk)
  const side = { ...to, pan }
  const reference = { ...account, key: hsmDesk.value('pvk') }
  await hsmDesk.ask(async () => {
    const { block, value } = await hsmDesk.hsm.pins.generatePin({ account, source, length, to: side })
    hsmDesk.account = { account, pan, value }
    const pin = pinIn(hsmDesk, side, block)
    const software = pinReferenceValue(reference, pin)
    const natural =
      source === 'natural' && reference.method === 'ibm-3624' ? naturalPin(reference, length) : pin
    hsmDesk.expected = `${natural.length} digits, kept as ${software}`
    return `${pin === natural ? pin.length : 'other'} digits, kept as ${value}`
  })
}

async function translate(hsmDesk: HsmDesk, from: PinSide, block: Uint8Array, to: PinSide): Promise<void> {
  await hsmDesk.ask(async () => {
    const result = await hsmDesk.hsm.pins.translatePin({ from, to, block })
    return result.ok ? pinIn(hsmDesk, to, result.block) : result.reason
  })
}

/** As software reads it. */
function pinIn(hsmDesk: HsmDesk, side: PinSide, block: Uint8Array): string {
  const reading = decipherPin({ ...side, key: hsmDesk.value(side.key) }, block)
  return reading.ok ? reading.pin : reading.reason
}

function sent(hsmDesk: HsmDesk, key: string, { pin, pan }: { pin: string; pan: string }) {
  const side = { key, format: 0, pan } as const
  return { side, block: encipherPin({ ...side, key: hsmDesk.value(key) }, pin, hsmDesk.random) }
}

function accountOf({ account }: HsmDesk): NonNullable<HsmDesk['account']> {
  if (account === null) throw new Error('expected a step before this one to make an account')
  return account
}

function publishedSide({ format, pan }: { format: string; pan: string }) {
  return { format: formatOf(format), pan }
}

function formatOf(name: string): Format {
  return Number(name.slice(-1)) as Format
}
