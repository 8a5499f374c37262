import { fromHex } from '../../protocols/bytes/bytes.ts'
import { type AflEntry, encodeAfl } from '../../protocols/emv/afl.ts'
import { type DolEntry, parseDol } from '../../protocols/tlv/dol.ts'
import { encodeTlv } from '../../protocols/tlv/tlv.ts'
import { CRYPTOGRAM_FAMILIES, type MakeCryptogram } from './cryptogram.ts'
import type { CardImage } from './image.ts'
import type { ApplicationProfile } from './profile.ts'

/** One payment application of a card, ready to answer: what never changes from tap to tap. */
export interface Application {
  aid: Uint8Array
  label: Uint8Array
  priority: number
  /** File control information that SELECT answers, template 6F. */
  fci: Uint8Array
  pdol: readonly DolEntry[]
  cdol1: readonly DolEntry[]
  /** Values by tag: of the profile, of the issuer, and the AFL (94). */
  data: ReadonlyMap<string, Uint8Array>
  /** Tags that GET PROCESSING OPTIONS answers. */
  processingOptions: readonly string[]
  /** SFI → record number → template 70. */
  records: ReadonlyMap<number, ReadonlyMap<number, Uint8Array>>
  /** Values of P1 that GENERATE AC takes. */
  requests: readonly number[]
  /** Tags that GENERATE AC answers. */
  answer: readonly string[]
  cid: number
  makeCryptogram: MakeCryptogram
}

/** The application of a profile with the values and the key of a card. */
export function buildApplication(profile: ApplicationProfile, image: CardImage): Application {
  const own = profile.personalised.map((tag) => [tag, image.personalised[tag] ?? ''] as const)
  const data = new Map([...Object.entries(profile.data), ...own].map(([tag, hex]) => [tag, fromHex(hex)]))
  data.set('94', encodeAfl(locate(profile.records)))
  const { cid, maker } = CRYPTOGRAM_FAMILIES[profile.generateAc.cryptogram]
  return {
    aid: fromHex(profile.aid),
    label: Buffer.from(profile.label, 'ascii'),
    priority: profile.priority,
    fci: fciOf(profile),
    pdol: parseDol(fromHex(profile.pdol ?? '')),
    cdol1: parseDol(data.get('8C') ?? new Uint8Array()),
    data,
    processingOptions: profile.processingOptions,
    records: recordsOf(profile, data),
    requests: profile.generateAc.requests.map((hex) => Number.parseInt(hex, 16)),
    answer: profile.generateAc.answer,
    cid,
    makeCryptogram: maker(image.key.value),
  }
}

/** EMV 4.4 Book 1, 11.3.4, table 45: name, then label, priority and PDOL in the proprietary template. */
function fciOf({ aid, label, priority, pdol }: ApplicationProfile): Uint8Array {
  const proprietary = [
    encodeTlv('50', Buffer.from(label, 'ascii')),
    encodeTlv('87', Uint8Array.of(priority)),
    ...(pdol === undefined ? [] : [encodeTlv('9F38', fromHex(pdol))]),
  ]
  return encodeTlv('6F', [encodeTlv('84', fromHex(aid)), encodeTlv('A5', proprietary)])
}

function recordsOf(profile: ApplicationProfile, data: ReadonlyMap<string, Uint8Array>) {
  const files = new Map<number, Map<number, Uint8Array>>()
  for (const { sfi, record, tags } of profile.records) {
    const file = files.get(sfi) ?? new Map<number, Uint8Array>()
    file.set(record, encodeTlv('70', encodeAll(tags, data)))
    files.set(sfi, file)
  }
  return files
}

/** AFL of records that follow each other within a file, as the profile's schema ensures. */
function locate(records: ApplicationProfile['records']): AflEntry[] {
  const entries = new Map<number, AflEntry>()
  for (const { sfi, record } of records) {
    const entry = entries.get(sfi) ?? { sfi, first: record, last: record, offline: 0 }
    entries.set(sfi, { ...entry, last: record })
  }
  return [...entries.values()]
}

/** The data objects with these tags, one after the other. */
export function encodeAll(tags: readonly string[], values: ReadonlyMap<string, Uint8Array>): Uint8Array[] {
  return tags.map((tag) => encodeTlv(tag, values.get(tag) ?? new Uint8Array()))
}
