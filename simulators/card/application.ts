import { fromHex } from '../../protocols/bytes/bytes.ts'
import { type AflEntry, encodeAfl } from '../../protocols/emv/afl.ts'
import type { Family } from '../../protocols/emv/cryptograms/families.ts'
import { type RsaPrivateKey, rsaPrivateKey } from '../../protocols/emv/oda/rsa.ts'
import { type DolEntry, parseDol } from '../../protocols/tlv/dol.ts'
import { encodeTlv } from '../../protocols/tlv/tlv.ts'
import { CRYPTOGRAM_FAMILIES, type MakeCryptogram, readPkcs8 } from './cryptogram.ts'
import type { CardImage } from './image.ts'
import type { ApplicationProfile } from './profile-schema.ts'

/** Values by tag. */
export type Values = ReadonlyMap<string, Uint8Array>
/** SFI → record number → template 70. */
export type Files = ReadonlyMap<number, ReadonlyMap<number, Uint8Array>>

/** How GET PROCESSING OPTIONS answers, and what the transaction then goes by. */
export interface Path {
  /** Null: whatever the terminal gave. */
  when: { tag: string; mask: Uint8Array } | null
  data: Values
  processingOptions: readonly string[]
}

/** Secrets of the card beside the cryptogram's key; null where it has none. */
export interface ApplicationKeys {
  /** ICC master keys. */
  master: Uint8Array
  integrity: Uint8Array | null
  confidentiality: Uint8Array | null
  cvc3: Uint8Array | null
  card: RsaPrivateKey | null
  pin: RsaPrivateKey | null
}

/** One payment application of a card, ready to answer: what never changes from tap to tap. */
export interface Application {
  profile: ApplicationProfile
  aid: Uint8Array
  /** File control information that SELECT answers, template 6F. */
  fci: Uint8Array
  /** What stands in PSE or PPSE, template 61. */
  entry: Uint8Array
  dols: Record<'pdol' | 'cdol1' | 'cdol2' | 'ddol' | 'drdol' | 'udol' | 'logFormat', readonly DolEntry[]>
  /** Values by tag: of the profile, of the issuer, and the AFL (94). */
  data: Values
  /** The first that fits is taken; the last always does. */
  paths: readonly Path[]
  records: Files
  /** Values of P1 that GENERATE AC takes. */
  requests: readonly number[]
  /** Always the same Cryptogram Information Data, or null. */
  cid: number | null
  family: Family | null
  makeCryptogram: MakeCryptogram
  keys: ApplicationKeys
  /** SFI and size of the transaction log; null: none. */
  log: { sfi: number; records: number } | null
}

/** EMV 4.4 Book 3, 6.5.5.2: AAC, TC and ARQC, each with and without CDA. */
const EMV_REQUESTS = [0x00, 0x40, 0x80, 0x10, 0x50, 0x90]
/** DRDOL and UDOL of a card that personalises none: unpredictable numbers. The first is this card's choice, the second Book C-2's default. */
const DEFAULT_DRDOL = '9F3704'
const DEFAULT_UDOL = '9F6A04'

/** The application of a profile with the values and the key of a card. */
export function buildApplication(profile: ApplicationProfile, image: CardImage): Application {
  const data = spoiled(dataOf(profile, image), image.faults.corrupt)
  const { cid, family, maker } = CRYPTOGRAM_FAMILIES[profile.generateAc.cryptogram]
  const entry = data.get('9F4D')
  return {
    profile,
    aid: fromHex(profile.aid),
    fci: fciOf(profile, data),
    entry: entryOf(profile, data),
    dols: dolsOf(profile, data),
    data,
    paths: pathsOf(profile),
    records: recordsOf(profile, data),
    requests: profile.generateAc.requests?.map((hex) => Number.parseInt(hex, 16)) ?? EMV_REQUESTS,
    cid,
    family,
    makeCryptogram: maker(image.key.value),
    keys: keysOf(image),
    log: entry === undefined ? null : { sfi: entry[0] ?? 0, records: entry[1] ?? 0 },
  }
}

/** Values of an application without faults, AFL included. */
export function dataOf(profile: ApplicationProfile, image: Pick<CardImage, 'personalised' | 'emv'>): Values {
  const own = profile.personalised.map((tag) => [tag, image.personalised[tag] ?? ''] as const)
  const certified = Object.entries(image.emv?.certified[profile.aid] ?? {})
  const given = [...own, ...certified, ...Object.entries(profile.data)]
  const data = new Map(given.map(([tag, hex]) => [tag, fromHex(hex)]))
  // A profile that gives the AFL itself wants another than its records have.
  if (!data.has('94') && profile.records.length > 0) data.set('94', encodeAfl(locate(profile.records)))
  return data
}

/** The records of an application, template 70 each. */
export function recordsOf(profile: ApplicationProfile, data: Values): Files {
  const files = new Map<number, Map<number, Uint8Array>>()
  for (const { sfi, record, tags } of profile.records) {
    const file = files.get(sfi) ?? new Map<number, Uint8Array>()
    // A certificate whose key fits has no remainder.
    const present = tags.filter((tag) => data.get(tag)?.length !== 0)
    file.set(record, encodeTlv('70', encodeAll(present, data)))
    files.set(sfi, file)
  }
  return files
}

/** The data objects with these tags, one after the other. */
export function encodeAll(tags: readonly string[], values: Values): Uint8Array[] {
  return tags.map((tag) => encodeTlv(tag, values.get(tag) ?? new Uint8Array()))
}

/** One bit of each value that is to be corrupt. */
export function spoiled(values: Values, tags: readonly string[] = []): Map<string, Uint8Array> {
  const copy = new Map(values)
  for (const tag of tags) {
    const value = values.get(tag)
    if (value !== undefined) copy.set(tag, flipped(value))
  }
  return copy
}

function flipped(value: Uint8Array): Uint8Array {
  return value.map((byte, index) => (index === value.length >> 1 ? byte ^ 0x01 : byte))
}

/** EMV 4.4 Book 1, 11.3.4, table 45: name, then label, priority, PDOL and more in the proprietary template. */
function fciOf(
  { aid, label, priority, pdol, fci, discretionary }: ApplicationProfile,
  data: Values,
): Uint8Array {
  const more = encodeAll(discretionary, data)
  const proprietary = [
    encodeTlv('50', Buffer.from(label, 'ascii')),
    encodeTlv('87', Uint8Array.of(priority)),
    ...(pdol === undefined ? [] : [encodeTlv('9F38', fromHex(pdol))]),
    ...encodeAll(fci, data),
    ...(more.length === 0 ? [] : [encodeTlv('BF0C', more)]),
  ]
  return encodeTlv('6F', [encodeTlv('84', fromHex(aid)), encodeTlv('A5', proprietary)])
}

/** EMV 4.4 Book 1, 12.2.3, table 47, and EMV Contactless Book B, table 3-2. */
function entryOf({ aid, label, priority, entry }: ApplicationProfile, data: Values): Uint8Array {
  return encodeTlv('61', [
    encodeTlv('4F', fromHex(aid)),
    encodeTlv('50', Buffer.from(label, 'ascii')),
    encodeTlv('87', Uint8Array.of(priority)),
    ...encodeAll(entry, data),
  ])
}

function dolsOf({ pdol }: ApplicationProfile, data: Values): Application['dols'] {
  const dol = (tag: string, otherwise = '') => parseDol(data.get(tag) ?? fromHex(otherwise))
  return {
    pdol: parseDol(fromHex(pdol ?? '')),
    cdol1: dol('8C'),
    cdol2: dol('8D'),
    ddol: dol('9F49'),
    drdol: dol('9F51', DEFAULT_DRDOL),
    udol: dol('9F69', DEFAULT_UDOL),
    logFormat: dol('9F4F'),
  }
}

function pathsOf({ paths, processingOptions }: ApplicationProfile): Path[] {
  const given = paths.map(({ when, data, processingOptions }) => ({
    when: { tag: when.tag, mask: fromHex(when.mask) },
    data: new Map(Object.entries(data).map(([tag, hex]) => [tag, fromHex(hex)])),
    processingOptions,
  }))
  return [...given, { when: null, data: new Map(), processingOptions }]
}

function keysOf({ key, emv }: CardImage): ApplicationKeys {
  const bytes = (hex: string | undefined) => (hex === undefined ? null : fromHex(hex))
  const rsa = (hex: string | undefined) => (hex === undefined ? null : rsaPrivateKey(readPkcs8(fromHex(hex))))
  return {
    master: fromHex(key.value),
    integrity: bytes(emv?.integrity),
    confidentiality: bytes(emv?.confidentiality),
    cvc3: bytes(emv?.cvc3),
    card: rsa(emv?.card),
    pin: rsa(emv?.pin),
  }
}

/** AFL of records that follow each other within a file, as the profile's schema ensures. */
function locate(records: ApplicationProfile['records']): AflEntry[] {
  const entries = new Map<number, AflEntry>()
  for (const { sfi, record, authenticated } of records) {
    const entry = entries.get(sfi) ?? { sfi, first: record, last: record, offline: 0 }
    entries.set(sfi, { ...entry, last: record, offline: entry.offline + (authenticated ? 1 : 0) })
  }
  return [...entries.values()]
}
