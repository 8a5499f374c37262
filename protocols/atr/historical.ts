import { toHex } from '../bytes/bytes.ts'

/** A data object of historical bytes, or what else they hold. */
export interface HistoricalPart {
  name: string
  value: Uint8Array
  meaning: string | null
}

/** Compact TLV data objects by the tag in their first half byte, ISO/IEC 7816-4, 12.1.1. */
const COMPACT: Readonly<Record<number, string>> = {
  1: 'country code',
  2: 'issuer identification number',
  3: 'card service data',
  4: 'initial access data',
  5: 'card issuer data',
  6: 'pre-issuing data',
  7: 'card capabilities',
  8: 'status indicator',
  15: 'application identifier',
}

/** PC/SC part 3, 3.1.3.2.3.2: how storage cards without ATR of their own are shown; RID of the PC/SC workgroup. */
const PCSC_RID = 'A000000306'
const STORAGE_STANDARDS: Readonly<Record<number, string>> = {
  3: 'ISO/IEC 14443 A, part 3',
  5: 'ISO/IEC 14443 B, part 3',
  9: 'ISO/IEC 15693, part 3',
  11: 'ISO/IEC 15693, part 3',
  17: 'FeliCa',
}
const STORAGE_CARDS: Readonly<Record<number, string>> = {
  1: 'MIFARE Classic 1K',
  2: 'MIFARE Classic 4K',
  3: 'MIFARE Ultralight',
  38: 'MIFARE Mini',
  59: 'FeliCa',
}

/** Historical bytes in parts: category indicator and what it announces (ISO/IEC 7816-4, 12.1.1). Never throws. */
export function historicalParts(bytes: Uint8Array): HistoricalPart[] {
  const [category] = bytes
  if (category === undefined) return []
  const rest = bytes.subarray(1)
  const first = {
    name: 'category indicator',
    value: bytes.subarray(0, 1),
    meaning: CATEGORIES[category] ?? 'proprietary',
  }
  if (category === 0x80) return [first, ...(storageParts(rest) ?? compactParts(rest))]
  // Category 00 ends with three bytes of status.
  if (category === 0x00 && rest.length >= 3)
    return [first, ...compactParts(rest.subarray(0, -3)), statusOf(rest.subarray(-3))]
  return [{ name: 'proprietary', value: bytes, meaning: readable(bytes) }]
}

const CATEGORIES: Readonly<Record<number, string>> = {
  0: 'compact data objects, then a status indicator of three bytes',
  16: 'reference to a file of ATR data',
  128: 'compact data objects',
}

/** PC/SC writes the application identifier with a length byte of its own, other than ISO/IEC 7816-4. */
function storageParts(bytes: Uint8Array): HistoricalPart[] | null {
  const value = bytes.subarray(2)
  if (toHex(bytes.subarray(0, 7)) !== `4F0C${PCSC_RID}` || value.length < 8) return null
  const [standard = 0, high = 0, low = 0] = value.subarray(5)
  const card = STORAGE_CARDS[high * 256 + low] ?? `card ${toHex(value.subarray(6, 8))}`
  const meaning = `storage card, ${STORAGE_STANDARDS[standard] ?? 'no information given'}, ${card}`
  return [{ name: 'PC/SC application identifier', value, meaning }]
}

function compactParts(bytes: Uint8Array): HistoricalPart[] {
  const parts: HistoricalPart[] = []
  for (let offset = 0; offset < bytes.length; ) {
    const header = bytes[offset] ?? 0
    const end = offset + 1 + (header & 0x0f)
    const value = bytes.subarray(offset + 1, end)
    if (end > bytes.length) return [...parts, { name: 'rest', value: bytes.subarray(offset), meaning: null }]
    parts.push(partOf(header, value))
    offset = end
  }
  return parts
}

function partOf(header: number, value: Uint8Array): HistoricalPart {
  const tag = header >> 4
  const meaning = MEANINGS[tag]?.(value) ?? null
  return { name: COMPACT[tag] ?? `data object ${tag.toString(16).toUpperCase()}`, value, meaning }
}

const MEANINGS: Readonly<Record<number, (value: Uint8Array) => string | null>> = {
  3: ([byte = 0]) => among(SERVICES, byte),
  7: capabilities,
  8: (value) => statusOf(value).meaning,
}

const SERVICES = [
  [0x80, 'selection by full name'],
  [0x40, 'selection by partial name'],
  [0x20, 'data objects in the directory file'],
  [0x10, 'data objects in the ATR file'],
  [0x01, 'no master file'],
] as const

/** First, second and third byte of card capabilities: ISO/IEC 7816-4, 12.1.1.9. */
const CAPABILITIES = [
  [
    [0x80, 'selection by full name'],
    [0x40, 'selection by partial name'],
    [0x20, 'selection by path'],
    [0x10, 'selection by file identifier'],
    [0x08, 'implicit selection'],
    [0x04, 'short file identifiers'],
    [0x02, 'record numbers'],
    [0x01, 'record identifiers'],
  ],
  [[0x10, 'value FF starts a tag']],
  [
    [0x80, 'command chaining'],
    [0x40, 'extended lengths'],
    [0x20, 'extended length information in the ATR file'],
    [0x10, 'logical channels assigned by the card'],
    [0x08, 'logical channels assigned by the interface'],
  ],
] as const

type Bits = readonly (readonly [mask: number, words: string])[]

function among(bits: Bits, byte: number): string | null {
  const set = bits.filter(([mask]) => (byte & mask) !== 0).map(([, words]) => words)
  return set.join(', ') || null
}

function capabilities(value: Uint8Array): string | null {
  const words = CAPABILITIES.map((bits: Bits, index) => among(bits, value[index] ?? 0)).filter(
    (part) => part !== null,
  )
  return words.join(', ') || null
}

function statusOf(value: Uint8Array): HistoricalPart {
  const word = value.length >= 2 ? `status word ${toHex(value.subarray(-2))}` : null
  const life = value.length === 2 ? null : `life cycle ${toHex(value.subarray(0, 1))}`
  return {
    name: 'status indicator',
    value,
    meaning: [life, word].filter((part) => part !== null).join(', ') || null,
  }
}

function readable(bytes: Uint8Array): string | null {
  const text = Buffer.from(bytes).toString('latin1')
  return /^[\x20-\x7e]+$/.test(text) ? text : null
}
