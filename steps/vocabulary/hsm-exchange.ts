import assert from 'node:assert/strict'
import { Given, Then, When } from '@cucumber/cucumber'
import type { BlockVersion } from '../../hardware/hsm/exchange.ts'
import type { SecretAlgorithm } from '../../hardware/hsm/hierarchy/algorithms.ts'
import type { KeyUsage } from '../../hardware/hsm/hierarchy/usages.ts'
import { openHsm } from '../../hardware/hsm/hsm.ts'
import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { unwrapKey, wrapKey } from '../../protocols/keyblock/tr31/key-block.ts'
import { xor } from '../../protocols/mac/xor.ts'
import type { HsmDesk } from '../hsm/hsm-desk.ts'
import { aesOf, published, tdesOf } from '../hsm/published.ts'
import { CHECK_VALUES } from '../hsm/software.ts'
import type { TapWorld } from '../world.ts'

const PARTNER = {
  usage: 'P0',
  algorithm: 'T',
  mode: 'B',
  keyVersion: '00',
  exportability: 'E',
  context: '0',
  optionalBlocks: [],
} as const
const KBPK = 'key of the published block'

/** Each custodian's component is random; software knows the key. */
Given(
  'a zone master key {string} of {word} that came in {int} components',
  async function (this: TapWorld, label: string, algorithm: string, count: number) {
    await importComponents(this.hsmDesk, label, algorithm as SecretAlgorithm, { count })
  },
)

When(
  'a zone master key {string} of {word} comes in {int} components, its check value told as {word}',
  async function (this: TapWorld, label: string, algorithm: string, count: number, kcv: string) {
    const { hsmDesk } = this
    await hsmDesk.ask(async () => {
      await importComponents(hsmDesk, label, algorithm as SecretAlgorithm, { count, kcv })
      return null
    })
  },
)

Given(
  'an imported, exportable {string} key {string} of {word}',
  async function (this: TapWorld, usage: string, label: string, algorithm: string) {
    const terms = { exportable: true }
    await this.hsmDesk.importKey(label, usage as KeyUsage, algorithm as SecretAlgorithm, terms)
  },
)

Given(
  'a generated, exportable {string} key {string} of {word}',
  async function (this: TapWorld, usage: string, label: string, algorithm: string) {
    const terms = { exportable: true }
    await this.hsmDesk.generateKey(label, usage as KeyUsage, algorithm as SecretAlgorithm, terms)
  },
)

/** The answer is its check value. */
When(
  /^an exportable (PIN working|zone master|DUKPT base) key "([^"]*)" of (\S+) is made$/,
  async function (this: TapWorld, usage: string, label: string, algorithm: string) {
    const { hsmDesk } = this
    const { exchange, dukpt } = hsmDesk.hsm
    const key = { label, algorithm: algorithm as SecretAlgorithm, exportable: true }
    const make = {
      'PIN working': () => exchange.generatePwk(key),
      'zone master': () => exchange.generateZmk(key),
      'DUKPT base': () => dukpt.generateBdk(key),
    }[usage as 'PIN working']
    await hsmDesk.ask(async () => (await make()).kcv)
  },
)

/** The answer is the value that software reads from the block. */
When(
  'key {string} leaves under {string} in a block of version {word}',
  async function (this: TapWorld, key: string, zoneMaster: string, version: string) {
    const { hsmDesk } = this
    await hsmDesk.ask(() => leave(hsmDesk, key, zoneMaster, { version: version as BlockVersion }))
    hsmDesk.expected = hsmDesk.values.get(key) ?? null
  },
)

/** The receiver may hand it on. */
When(
  'key {string} leaves under {string} in a block of version {word}, to be handed on',
  async function (this: TapWorld, key: string, zoneMaster: string, version: string) {
    const { hsmDesk } = this
    const terms = { version: version as BlockVersion, exportability: 'E' } as const
    await hsmDesk.ask(() => leave(hsmDesk, key, zoneMaster, terms))
  },
)

/** The answer is the check value of the key that was in it, or why it was not taken. */
When(
  'the block comes in as {string} key {string} under {string}',
  async function (this: TapWorld, usage: string, label: string, zoneMaster: string) {
    await comeIn(this.hsmDesk, { usage: usage as KeyUsage, label, zoneMaster })
  },
)

When(
  'the block comes in with its character {int} changed, as {string} key {string} under {string}',
  async function (this: TapWorld, at: number, usage: string, label: string, zoneMaster: string) {
    const block = blockOf(this.hsmDesk)
    const other = block[at] === '0' ? '1' : '0'
    this.hsmDesk.block = block.slice(0, at) + other + block.slice(at + 1)
    await comeIn(this.hsmDesk, { usage: usage as KeyUsage, label, zoneMaster })
  },
)

/** Of a PIN working key; the partner takes the value for a key of whatever cipher the version wants. */
Given(
  'the block that a partner made of version {word} under the value of {string}',
  function (this: TapWorld, version: string, zoneMaster: string) {
    const { hsmDesk } = this
    const header = { ...PARTNER, version: version as BlockVersion }
    hsmDesk.block = wrapKey(hsmDesk.value(zoneMaster), header, hsmDesk.random(16), hsmDesk.random)
  },
)

When(
  'the published key block {string} comes in as a {string} key',
  async function (this: TapWorld, id: string, usage: string) {
    const { hsmDesk } = this
    const { kbpk, keyBlock, key } = published('tr31', id)
    const value = fromHex(kbpk)
    const algorithm = 'DE'.includes(keyBlock[0]) ? aesOf(value) : tdesOf(value)
    await hsmDesk.importKey(KBPK, 'zone master', algorithm, { value })
    hsmDesk.block = keyBlock
    await comeIn(hsmDesk, { usage: usage as KeyUsage, label: 'came', zoneMaster: KBPK })
    if (key === undefined || hsmDesk.place.keys.get('came') === undefined) return
    hsmDesk.know('came', fromHex(key))
    const { algorithm: found } = hsmDesk.record('came')
    hsmDesk.expected = toHex(CHECK_VALUES[found as SecretAlgorithm](fromHex(key)))
  },
)

/** The answer is the value that software reads from the new block, or why there is none. */
When(
  'the block is translated from {string} to {string} in version {word}',
  async function (this: TapWorld, from: string, to: string, version: string) {
    const { hsmDesk } = this
    const args = { from, to, block: blockOf(hsmDesk), version: version as BlockVersion }
    await hsmDesk.ask(async () => {
      const result = await hsmDesk.hsm.exchange.translateKey(args)
      return result.ok ? valueIn(hsmDesk, to, result.block) : result.reason
    })
  },
)

Then('the answer is the value of key {string}', function (this: TapWorld, key: string) {
  assert.deepEqual(this.hsmDesk.takeAnswer(), this.hsmDesk.value(key))
})

/** As its record has it, which the token made. */
Then('the answer is the check value of key {string}', function (this: TapWorld, key: string) {
  assert.equal(this.hsmDesk.takeAnswer(), this.hsmDesk.record(key).kcv)
})

/** Another HSM on another token, which has the zone master key from the same custodians; the answer is the check value there. */
When(
  'a partner takes the block in as {string} key under {string}',
  async function (this: TapWorld, usage: string, zoneMaster: string) {
    const { hsmDesk } = this
    const token = await hsmDesk.newToken('SoftHSM2')
    const partner = await openHsm({ token, signers: 1, clearAllowed: true, journal: silentJournal })
    this.undo.push(() => partner.close())
    const value = hsmDesk.value(zoneMaster)
    const algorithm = hsmDesk.record(zoneMaster).algorithm as SecretAlgorithm
    await partner.importKey({ label: zoneMaster, usage: 'zone master', algorithm, value })
    const args = { label: 'received', usage: usage as KeyUsage, zoneMaster, block: blockOf(hsmDesk) }
    await hsmDesk.ask(async () => {
      const result = await partner.exchange.importWorkingKey(args)
      return result.ok ? result.kcv : result.reason
    })
  },
)

/** The answer is the new version; the one before it is "LABEL/vN". */
When('key {string} is renewed', async function (this: TapWorld, label: string) {
  await renew(this.hsmDesk, label)
})

When(
  'key {string} is renewed, and the one before it works for {int} more seconds',
  async function (this: TapWorld, label: string, seconds: number) {
    const { hsmDesk } = this
    await renew(hsmDesk, label, { previousUntil: hsmDesk.clock.now() + seconds * 1000 })
  },
)

When('{int} seconds pass at the HSM', function (this: TapWorld, seconds: number) {
  this.hsmDesk.clock.advance(seconds * 1000)
})

async function renew(hsmDesk: HsmDesk, label: string, terms: { previousUntil?: number } = {}): Promise<void> {
  await hsmDesk.ask(async () => {
    const { version, previous } = await hsmDesk.hsm.renewKey({ label, ...terms })
    const value = hsmDesk.values.get(label)
    hsmDesk.values.delete(label)
    if (value !== undefined) hsmDesk.values.set(previous, value)
    return `version ${version}`
  })
}

async function importComponents(
  hsmDesk: HsmDesk,
  label: string,
  algorithm: SecretAlgorithm,
  { count, kcv }: { count: number; kcv?: string },
): Promise<void> {
  const value = hsmDesk.newValue(algorithm)
  const components = Array.from({ length: count - 1 }, () => hsmDesk.random(value.length))
  components.push(components.reduce(xor, value))
  hsmDesk.know(label, value)
  const right = toHex(CHECK_VALUES[algorithm](value))
  await hsmDesk.hsm.exchange.importZmk({ label, algorithm, components, kcv: kcv ?? right })
}

async function leave(
  hsmDesk: HsmDesk,
  key: string,
  zoneMaster: string,
  terms: { version: BlockVersion; exportability?: 'E' },
): Promise<Uint8Array | string> {
  hsmDesk.block = await hsmDesk.hsm.exchange.exportWorkingKey({ key, zoneMaster, ...terms })
  return valueIn(hsmDesk, zoneMaster, hsmDesk.block)
}

async function comeIn(
  hsmDesk: HsmDesk,
  key: { usage: KeyUsage; label: string; zoneMaster: string },
): Promise<void> {
  const block = blockOf(hsmDesk)
  await hsmDesk.ask(async () => {
    const result = await hsmDesk.hsm.exchange.importWorkingKey({ ...key, block, exportable: true })
    return result.ok ? result.kcv : result.reason
  })
}

function valueIn(hsmDesk: HsmDesk, zoneMaster: string, block: string): Uint8Array | string {
  const read = unwrapKey(hsmDesk.value(zoneMaster), block)
  return read.valid ? read.value.key : read.reason
}

function blockOf({ block }: HsmDesk): string {
  if (block === null) throw new Error('expected a step before this one to make a key block')
  return block
}
