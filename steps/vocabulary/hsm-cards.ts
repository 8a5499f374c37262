import { Given, When } from '@cucumber/cucumber'
import type { CardValue } from '../../hardware/hsm/cards.ts'
import type { SecretAlgorithm } from '../../hardware/hsm/hierarchy/algorithms.ts'
import { fromHex } from '../../protocols/bytes/bytes.ts'
import { AC_ELEMENTS, applicationCryptogram } from '../../protocols/emv/cryptograms/application-cryptogram.ts'
import { arpc } from '../../protocols/emv/cryptograms/arpc.ts'
import { FAMILIES, type Family, type FamilyName } from '../../protocols/emv/cryptograms/families.ts'
import { buildIad } from '../../protocols/emv/cryptograms/iad.ts'
import { iccMasterKey } from '../../protocols/emv/keys/master-key.ts'
import type { HsmDesk } from '../hsm/hsm-desk.ts'
import { published } from '../hsm/published.ts'
import type { TapWorld } from '../world.ts'

type IssuerCard = NonNullable<HsmDesk['card']>

const PAN_DIGITS = 19
const PSN = '01'
const IMK = 'issuer master, cryptograms'
/** Families of the published profiles, by their ids. */
const PROFILES: Readonly<Record<string, FamilyName>> = {
  'visa-cvn10': 'visa-cvn-10',
  'visa-cvn22': 'visa-cvn-22',
  'interac-cvn133': 'interac-cvn-133',
  'mc-cvn17': 'mchip-cvn-17',
  'mc-cvn21': 'mchip-cvn-21',
}

When(
  'the {word} of the published card {string} is made',
  async function (this: TapWorld, kind: string, id: string) {
    const { hsmDesk } = this
    const args = await cardValueOf(hsmDesk, kind, id)
    await hsmDesk.ask(() => hsmDesk.hsm.cards.generateCvv(args))
  },
)

When(
  'the {word} of the published card {string} is checked as {string}',
  async function (this: TapWorld, kind: string, id: string, value: string) {
    const { hsmDesk } = this
    const args = await cardValueOf(hsmDesk, kind, id)
    await hsmDesk.ask(() => hsmDesk.hsm.cards.verifyCvv({ ...args, value }))
  },
)

When(
  'key {string} makes a CVV of the expiry {string}',
  async function (this: TapWorld, key: string, expiry: string) {
    const { hsmDesk } = this
    const args = { kind: 'cvv', key, pan: digits(hsmDesk), expiry, serviceCode: '201' } as const
    await hsmDesk.ask(() => hsmDesk.hsm.cards.generateCvv(args))
  },
)

/** What a card of the family showed, and what its issuer answers; software has the keys of both. */
Given(
  'a cryptogram of a {word} card under an issuer master key of {word}',
  async function (this: TapWorld, name: string, algorithm: string) {
    const { hsmDesk } = this
    const family: Family = FAMILIES[name as FamilyName]
    await hsmDesk.importKey(IMK, IMK, algorithm as SecretAlgorithm)
    const pan = digits(hsmDesk)
    const masterKey = iccMasterKey(family.masterKey, hsmDesk.value(IMK), pan, PSN)
    hsmDesk.know(`card key of ${name}`, masterKey)
    const elements: Record<string, Uint8Array> = { '9F10': buildIad(family.iad, {}) }
    for (const [tag, length] of AC_ELEMENTS) elements[tag] = hsmDesk.random(length)
    const cryptogram = applicationCryptogram(family, masterKey, (tag) => elements[tag])
    const response = hsmDesk.random(family.arpc.method === 1 ? 2 : 4)
    const [atc, number] = [elements['9F36'] ?? new Uint8Array(), elements['9F37'] ?? new Uint8Array()]
    const transaction = { masterKey, atc, unpredictableNumber: number, cryptogram }
    const shown = { key: IMK, family: name as FamilyName, pan, psn: PSN, elements, cryptogram, response }
    hsmDesk.card = { shown, arpc: arpc(family, transaction, response) }
  },
)

/** Published with the answer of the issuer. */
Given('the cryptogram of the published profile {string}', async function (this: TapWorld, id: string) {
  const { hsmDesk } = this
  const vector = published('emv-cryptograms', id)
  const name = PROFILES[id]
  if (name === undefined) throw new Error(`expected one of ${Object.keys(PROFILES).join(', ')}, got "${id}"`)
  const family: Family = FAMILIES[name]
  await hsmDesk.importKey(IMK, IMK, 'tdes-2', { value: fromHex(vector.imkAc) })
  const tags = Object.entries(vector.tags as Record<string, string>)
  const elements = Object.fromEntries(tags.map(([tag, value]) => [tag, fromHex(value)]))
  elements['9F10'] =
    vector.iad === undefined ? buildIad(family.iad, { cvr: fromHex(vector.tail) }) : fromHex(vector.iad)
  const response = fromHex(vector.arpcMethod === 1 ? vector.arc : vector.csu)
  const { pan, psn } = vector
  const shown = { key: IMK, family: name, pan, psn, elements, cryptogram: fromHex(vector.arqc), response }
  hsmDesk.card = { shown, arpc: fromHex(vector.arpc) }
})

When('it is checked and answered', async function (this: TapWorld) {
  await check(this.hsmDesk, {})
})

When(
  'it is checked with bit {int} of its {word} changed',
  async function (this: TapWorld, bit: number, tag: string) {
    const { hsmDesk } = this
    const { cryptogram, elements } = cardOf(hsmDesk).shown
    if (tag === 'cryptogram') return check(hsmDesk, { cryptogram: flipped(cryptogram, bit) })
    await check(hsmDesk, {
      elements: { ...elements, [tag]: flipped(elements[tag] ?? new Uint8Array(), bit) },
    })
  },
)

When('it is checked without {word}', async function (this: TapWorld, tag: string) {
  const { [tag]: _left, ...elements } = cardOf(this.hsmDesk).shown.elements
  await check(this.hsmDesk, { elements })
})

When('it is checked as of card sequence number {string}', async function (this: TapWorld, psn: string) {
  await check(this.hsmDesk, { psn })
})

When('it is answered with {int} bytes', async function (this: TapWorld, length: number) {
  await check(this.hsmDesk, { response: this.hsmDesk.random(length) })
})

When('it is checked with key {string}', async function (this: TapWorld, key: string) {
  await check(this.hsmDesk, { key })
})

async function check(hsmDesk: HsmDesk, change: Partial<IssuerCard['shown']>): Promise<void> {
  const { shown, arpc } = cardOf(hsmDesk)
  await hsmDesk.ask(async () => {
    const answer = await hsmDesk.hsm.cards.verifyArqcAndGenerateArpc({ ...shown, ...change })
    return answer.ok ? answer.arpc : answer.reason
  })
  hsmDesk.expected = arpc
}

async function cardValueOf(hsmDesk: HsmDesk, kind: string, id: string): Promise<CardValue> {
  const key = `key of ${id}`
  if (kind !== 'dcvv') {
    const { cvk, pan, expiryAsUsed, serviceCode } = published('card-values', id)
    if (!hsmDesk.values.has(key))
      await hsmDesk.importKey(key, 'card verification', 'tdes-2', { value: fromHex(cvk) })
    // A CVV2 is made of the month first.
    const expiry = kind === 'cvv2' ? expiryAsUsed.slice(2) + expiryAsUsed.slice(0, 2) : expiryAsUsed
    return { kind: kind as 'cvv', key, pan, expiry, serviceCode }
  }
  const { imk, pan, psnUsed: psn, atc, expiryAsUsed: expiry, serviceCode } = published('emv-cryptograms', id)
  const usage = 'issuer master, dynamic values'
  if (!hsmDesk.values.has(key)) await hsmDesk.importKey(key, usage, 'tdes-2', { value: fromHex(imk) })
  return { kind, key, pan, psn, atc, expiry, serviceCode }
}

function cardOf({ card }: HsmDesk): IssuerCard {
  if (card === null) throw new Error('expected a step before this one to make a cryptogram')
  return card
}

function digits(hsmDesk: HsmDesk): string {
  return [...hsmDesk.random(PAN_DIGITS)].map((byte) => byte % 10).join('')
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const changed = Uint8Array.from(bytes)
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return changed
}
