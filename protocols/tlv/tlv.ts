import { concat, fromHex, toHex } from '../bytes/bytes.ts'
import { tagName } from '../emv/tags.ts'

/** One BER-TLV data object, EMV 4.4 Book 3, Annex B. */
export interface Tlv {
  /** Upper-case hexadecimal, 1 to 3 bytes. */
  tag: string
  /** The value field as it was sent, also of a constructed object. */
  value: Uint8Array
  /** The data objects inside, exactly when the tag says constructed. */
  children?: Tlv[]
}

/** Which field of a data object could not be read. */
export type TlvPart = 'tag' | 'length' | 'value'

/** Bytes that are no BER-TLV, or that lack a data object. Messages name tags and offsets, never values. */
export class TlvError extends Error {
  override name = 'TlvError'
  /** The field that failed; null when a data object is absent. */
  readonly part: TlvPart | null
  /** As much of the tag as was read. */
  readonly tag: string
  /** Bytes from the start of the input; null when a data object is absent. */
  readonly offset: number | null
  constructor(message: string, part: TlvPart | null, tag: string, offset: number | null) {
    super(message)
    this.part = part
    this.tag = tag
    this.offset = offset
  }
}

const MAX_TAG_BYTES = 3
// EMV nests four deep; a bound keeps hostile input from exhausting the stack.
const MAX_DEPTH = 32

/**
 * Reads a sequence of BER-TLV data objects and everything inside them. Lengths of up to four length bytes are taken, minimal or not;
 * the indefinite form is not. Filler bytes 00 before, between and after data objects are skipped (EMV 4.4 Book 3, Annex B), and so is
 * FF (ISO/IEC 7816-4) where it cannot begin a tag: at the end, or before another FF or 00. Throws {@link TlvError}.
 */
export function parseTlv(bytes: Uint8Array): Tlv[] {
  return parseRange(bytes, 0, bytes.length, 0)
}

/**
 * Writes one data object with the shortest length field. Several values are joined, so that children can be given as a list.
 * Throws {@link TlvError} when `tag` is no tag of 1 to 3 bytes.
 */
export function encodeTlv(tag: string, value: Uint8Array | readonly Uint8Array[]): Uint8Array {
  const joined = value instanceof Uint8Array ? value : concat(...value)
  return concat(encodeTag(tag), encodeLength(joined.length), joined)
}

/** The bytes of a tag. Throws {@link TlvError} when the hexadecimal is not exactly one tag. */
export function encodeTag(tag: string): Uint8Array {
  const bytes = /^([0-9A-Fa-f]{2}){1,3}$/.test(tag) ? fromHex(tag) : new Uint8Array()
  if (bytes.length === 0 || isFiller(bytes, 0, bytes.length) || readTag(bytes, 0).next !== bytes.length) {
    throw new TlvError(
      `expected one tag of 1 to ${MAX_TAG_BYTES} bytes in hexadecimal, got "${tag.slice(0, 8)}"`,
      'tag',
      tag,
      0,
    )
  }
  return bytes
}

/** The first data object with this tag, depth first, or undefined. */
export function findTag(tlvs: readonly Tlv[], tag: string): Tlv | undefined {
  for (const tlv of tlvs) {
    const found = tlv.tag === tag ? tlv : findTag(tlv.children ?? [], tag)
    if (found !== undefined) return found
  }
  return undefined
}

/** Like {@link findTag}, but throws a {@link TlvError} with the tag and its name when the data object is not there. */
export function requireTag(tlvs: readonly Tlv[], tag: string): Tlv {
  const found = findTag(tlvs, tag)
  if (found === undefined) {
    const present = tlvs.map((tlv) => tlv.tag).join(' ') || 'nothing'
    throw new TlvError(`expected data object ${tag} (${tagName(tag)}), got ${present}`, null, tag, null)
  }
  return found
}

/** Reads a tag at `offset`, not beyond `end`; `next` is the offset after it. Throws {@link TlvError}. */
export function readTag(
  bytes: Uint8Array,
  offset: number,
  end: number = bytes.length,
): { tag: string; next: number } {
  let next = offset + 1
  // Annex B1: five low bits set announce further bytes, each of which announces the next with its top bit.
  if (((bytes[offset] ?? 0) & 0x1f) === 0x1f) {
    do next++
    while (next <= end && ((bytes[next - 1] ?? 0) & 0x80) !== 0 && next - offset <= MAX_TAG_BYTES)
  }
  const tag = toHex(bytes.subarray(offset, Math.min(next, end)))
  if (next > end) throw broken('tag', tag, offset, 'its last byte', 'the end of the data')
  if (next - offset > MAX_TAG_BYTES) throw broken('tag', tag, offset, 'at most 3 bytes', 'a longer tag')
  return { tag, next }
}

function parseRange(bytes: Uint8Array, start: number, end: number, depth: number): Tlv[] {
  const tlvs: Tlv[] = []
  let offset = start
  while (offset < end) {
    if (isFiller(bytes, offset, end)) {
      offset++
      continue
    }
    const { tag, next } = readTag(bytes, offset, end)
    const value = readValueRange(bytes, tag, next, end)
    tlvs.push(toTlv(bytes, tag, value, depth))
    offset = value.end
  }
  return tlvs
}

function toTlv(bytes: Uint8Array, tag: string, { start, end }: Range, depth: number): Tlv {
  const value = bytes.subarray(start, end)
  if (!isConstructed(tag)) return { tag, value }
  if (depth === MAX_DEPTH) throw broken('value', tag, start, `at most ${MAX_DEPTH} nested templates`, 'more')
  return { tag, value, children: parseRange(bytes, start, end, depth + 1) }
}

interface Range {
  start: number
  end: number
}

function readValueRange(bytes: Uint8Array, tag: string, offset: number, end: number): Range {
  if (offset >= end) throw broken('length', tag, offset, 'a length', 'the end of the data')
  const first = bytes[offset] ?? 0
  const count = first < 0x80 ? 0 : first - 0x80
  if (first === 0x80 || count > 4)
    throw broken(
      'length',
      tag,
      offset,
      'a length of up to four length bytes',
      `byte ${toHex(Uint8Array.of(first))}`,
    )
  const start = offset + 1 + count
  if (start > end) throw broken('length', tag, offset + 1, `${count} length bytes`, `${end - offset - 1}`)
  const length =
    count === 0 ? first : bytes.subarray(offset + 1, start).reduce((sum, byte) => sum * 256 + byte, 0)
  if (length > end - start) throw broken('value', tag, start, `${length} bytes`, `${end - start}`)
  return { start, end: start + length }
}

function encodeLength(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length)
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return Uint8Array.of(0x80 + bytes.length, ...bytes)
}

function isFiller(bytes: Uint8Array, offset: number, end: number): boolean {
  if (bytes[offset] === 0x00) return true
  if (bytes[offset] !== 0xff) return false
  const next = offset + 1 < end ? bytes[offset + 1] : 0x00
  return next === 0xff || next === 0x00
}

/** Whether a tag announces data objects inside (bit 6 of its first byte, Annex B1). */
export function isConstructed(tag: string): boolean {
  return (Number.parseInt(tag.slice(0, 2), 16) & 0x20) !== 0
}

function broken(part: TlvPart, tag: string, offset: number, expected: string, came: string): TlvError {
  return new TlvError(
    `BER-TLV ${part} of ${tag} at byte ${offset}: expected ${expected}, got ${came}`,
    part,
    tag,
    offset,
  )
}
