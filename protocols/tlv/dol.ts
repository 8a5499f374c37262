import { concat, toHex } from '../bytes/bytes.ts'
import { type Format, tagFormat } from '../emv/tags.ts'
import { encodeTag, isConstructed, readTag, TlvError } from './tlv.ts'

/** One entry of a data object list: which data object, in how many bytes (0 to 255). */
export interface DolEntry {
  tag: string
  length: number
}

/** Bytes that are no data object list, or data that does not fit one. Messages name tags and lengths, never values. */
export class DolError extends Error {
  override name = 'DolError'
}

/** Reads a data object list, EMV 4.4 Book 3, 5.4: tags, each with one length byte. Throws {@link DolError}. */
export function parseDol(bytes: Uint8Array): DolEntry[] {
  const entries: DolEntry[] = []
  let offset = 0
  while (offset < bytes.length) {
    const { tag, next } = tagAt(bytes, offset)
    const length = bytes[next]
    if (length === undefined)
      throw new DolError(`expected a length byte after tag ${tag} at byte ${next} of the DOL, got its end`)
    entries.push({ tag, length })
    offset = next + 1
  }
  return entries
}

/** The bytes of a data object list. Throws {@link DolError} when a length does not fit one byte, `TlvError` for a wrong tag. */
export function encodeDol(dol: readonly DolEntry[]): Uint8Array {
  return concat(
    ...dol.map(({ tag, length }) => {
      if (!Number.isInteger(length) || length < 0 || length > 255)
        throw new DolError(`expected a length of 0 to 255 bytes for ${tag}, got ${length}`)
      return concat(encodeTag(tag), Uint8Array.of(length))
    }),
  )
}

/**
 * Concatenates the values that a list asks for, EMV 4.4 Book 3, 5.4. A value of another length is cut or padded by the format of its
 * tag: `n` on the left with zeros, `cn` on the right with F, anything else on the right with zeros. What `lookup` does not know, and
 * every constructed data object, becomes zeros.
 */
export function buildDol(
  dol: readonly DolEntry[],
  lookup: (tag: string) => Uint8Array | undefined,
): Uint8Array {
  return concat(
    ...dol.map(({ tag, length }) => {
      const value = isConstructed(tag) ? undefined : lookup(tag)
      return value === undefined ? new Uint8Array(length) : fit(value, length, tagFormat(tag))
    }),
  )
}

/**
 * Takes data apart as the list says. Of a tag that is listed twice the last value stays. Throws {@link DolError} when `data` is not
 * exactly as long as the list asks for.
 */
export function splitDol(dol: readonly DolEntry[], data: Uint8Array): Map<string, Uint8Array> {
  const expected = dolLength(dol)
  if (data.length !== expected)
    throw new DolError(`expected ${expected} bytes of DOL data, got ${data.length}`)
  const values = new Map<string, Uint8Array>()
  let offset = 0
  for (const { tag, length } of dol) {
    values.set(tag, data.subarray(offset, offset + length))
    offset += length
  }
  return values
}

/** How many bytes of data a list asks for. */
export function dolLength(dol: readonly DolEntry[]): number {
  return dol.reduce((sum, { length }) => sum + length, 0)
}

function tagAt(bytes: Uint8Array, offset: number): { tag: string; next: number } {
  if (bytes[offset] === 0x00)
    throw new DolError(
      `expected a tag at byte ${offset} of the DOL, got ${toHex(bytes.subarray(offset, offset + 1))}`,
    )
  try {
    const found = readTag(bytes, offset)
    // Refuses what begins no tag: FF before another FF or 00.
    encodeTag(found.tag)
    return found
  } catch (error) {
    if (error instanceof TlvError) throw new DolError(`in the DOL: ${error.message}`, { cause: error })
    throw error
  }
}

function fit(value: Uint8Array, length: number, format: Format): Uint8Array {
  if (value.length > length)
    return format === 'n' ? value.subarray(value.length - length) : value.subarray(0, length)
  const padding = new Uint8Array(length - value.length).fill(format === 'cn' ? 0xff : 0x00)
  return format === 'n' ? concat(padding, value) : concat(value, padding)
}
