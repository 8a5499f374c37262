import { AfterAll, Given, When } from '@cucumber/cucumber'
import type { PairAlgorithm, SecretAlgorithm } from '../../hardware/hsm/hierarchy/algorithms.ts'
import type { KeyUsage } from '../../hardware/hsm/hierarchy/usages.ts'
import { openHsm } from '../../hardware/hsm/hsm.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { hsmRoom } from '../hsm/hsm-room.ts'
import { moduleNamed } from '../hsm/modules.ts'
import { importPublishedCards } from '../hsm/published-cards.ts'
import type { TapWorld } from '../world.ts'

AfterAll(() => hsmRoom.close())

Given('a payment HSM on {string}', async function (this: TapWorld, module: string) {
  await this.hsmDesk.enter(moduleNamed(module))
})

Given(
  'a payment HSM on {string} that holds no key in the memory of its signers',
  async function (this: TapWorld, module: string) {
    await this.hsmDesk.enter(moduleNamed(module))
    await this.hsmDesk.openOwn({ clearAllowed: false })
  },
)

/** The value is known to the scenario, which can do the same in software. */
Given(
  'an imported {string} key {string} of {word}',
  async function (this: TapWorld, usage: string, label: string, algorithm: string) {
    await this.hsmDesk.importKey(label, usage as KeyUsage, algorithm as SecretAlgorithm)
  },
)

/** The value is known to nobody. */
Given(
  'a generated {string} key {string} of {word}',
  async function (this: TapWorld, usage: string, label: string, algorithm: string) {
    await this.hsmDesk.generateKey(label, usage as KeyUsage, algorithm as SecretAlgorithm)
  },
)

Given(
  'a generated {string} key {string} of {word}, valid until {word}',
  async function (this: TapWorld, usage: string, label: string, algorithm: string, day: string) {
    const terms = { validUntil: Date.parse(day) }
    await this.hsmDesk.generateKey(label, usage as KeyUsage, algorithm as SecretAlgorithm, terms)
  },
)

Given(
  'a generated {string} key {string} of {word}, valid from {word}',
  async function (this: TapWorld, usage: string, label: string, algorithm: string, day: string) {
    const terms = { validFrom: Date.parse(day) }
    await this.hsmDesk.generateKey(label, usage as KeyUsage, algorithm as SecretAlgorithm, terms)
  },
)

Given('the keys of all published cards', async function (this: TapWorld) {
  await importPublishedCards(this.hsmDesk.hsm)
})

/** `part`: blob or seal, in hexadecimal. */
Given(
  'bit {int} of the {word} of key {string} is flipped',
  async function (this: TapWorld, bit: number, part: string, label: string) {
    await this.hsmDesk.meddle(label, (key) => ({ ...key, [part]: flipped(key[part as 'blob'], bit) }))
  },
)

Given(
  'the {word} of key {string} is changed to {string}',
  async function (this: TapWorld, field: string, label: string, value: string) {
    await this.hsmDesk.meddle(label, (key) => ({ ...key, record: { ...key.record, [field]: value } }))
  },
)

Given('key {string} has the blob of key {string}', async function (this: TapWorld, to: string, from: string) {
  const { blob } = this.hsmDesk.sealed(from)
  await this.hsmDesk.meddle(to, (key) => ({ ...key, blob }))
})

Given(
  'a {string} key {string} of {word} that another token made',
  async function (this: TapWorld, usage: string, label: string, algorithm: string) {
    const { keys } = this.hsmDesk.place
    const token = await this.hsmDesk.newToken('SoftHSM2')
    const hsm = await openHsm({ token, keys, signers: 1, journal: silentJournal })
    await hsm.generateKey({ label, usage: usage as KeyUsage, algorithm: algorithm as SecretAlgorithm })
    await hsm.close()
  },
)

When(
  'a {string} key {string} of {word} is generated',
  async function (this: TapWorld, usage: string, label: string, algorithm: string) {
    const key = { label, usage: usage as KeyUsage, algorithm: algorithm as SecretAlgorithm }
    const { hsmDesk } = this
    await hsmDesk.ask(async () => (await hsmDesk.hsm.generateKey(key)).kcv)
  },
)

When(
  'a {string} key {string} of {word} is imported whose check value is told as {word}',
  async function (this: TapWorld, usage: string, label: string, algorithm: string, kcv: string) {
    const { hsmDesk } = this
    await hsmDesk.ask(async () => {
      await hsmDesk.importKey(label, usage as KeyUsage, algorithm as SecretAlgorithm, { kcv })
      return null
    })
  },
)

When(
  'a {string} key {string} of {word} is imported with {int} bytes',
  async function (this: TapWorld, usage: string, label: string, algorithm: string, length: number) {
    const { hsmDesk } = this
    const key = { label, usage: usage as KeyUsage, algorithm: algorithm as SecretAlgorithm }
    await hsmDesk.ask(async () => {
      const { kcv } = await hsmDesk.hsm.importKey({ ...key, value: hsmDesk.random(length) })
      return kcv
    })
  },
)

When(
  'a key pair {string} of {word} is generated',
  async function (this: TapWorld, label: string, algorithm: string) {
    const { hsmDesk } = this
    const pair = { label, algorithm: algorithm as PairAlgorithm }
    await hsmDesk.ask(async () => (await hsmDesk.hsm.generateKeyPair(pair)).publicKey)
  },
)

function flipped(hex: string, bit: number): string {
  const bytes = Buffer.from(hex, 'hex')
  const index = bit >> 3
  bytes[index] = (bytes[index] ?? 0) ^ (1 << (bit & 7))
  return bytes.toString('hex')
}
