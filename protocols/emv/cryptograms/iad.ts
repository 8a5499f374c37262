import { concat, equal, fromHex } from '../../bytes/bytes.ts'

/** A part of Issuer Application Data (tag 9F10): bytes that never change, or a field of `bytes` (a number, or shortest and longest). */
export type IadPart =
  | { name: string; fixed: string }
  | { name: string; bytes: number | readonly [number, number] }

/** Parts of Issuer Application Data, first to last; only the last may vary in length. */
export type IadLayout = readonly IadPart[]

/** Values by the name of their part. */
export type IadFields = Readonly<Record<string, Uint8Array>>

/** Format A of EMV 4.4 Book 3, Annex C9 (Common Core Definitions): 32 bytes. `cci`: format and cryptogram version in one byte. */
export function ccdLayout(cci: string): IadLayout {
  return [
    { name: 'length', fixed: '0F' },
    { name: 'commonCoreIdentifier', fixed: cci },
    { name: 'derivationKeyIndex', bytes: 1 },
    { name: 'cvr', bytes: 5 },
    { name: 'counters', bytes: 8 },
    { name: 'discretionaryLength', fixed: '0F' },
    { name: 'discretionary', bytes: 15 },
  ]
}

/** Visa's format 1 (VIS 1.6, Appendix A): 7 bytes and issuer discretionary data; the CVR has its length in front. */
export function visaFormat1Layout(cvn: string): IadLayout {
  return [
    { name: 'length', fixed: '06' },
    { name: 'derivationKeyIndex', bytes: 1 },
    { name: 'cryptogramVersion', fixed: cvn },
    { name: 'cvr', bytes: 4 },
    { name: 'discretionary', bytes: [0, 25] },
  ]
}

/** Visa's format 2 (VIS 1.6, Appendix A): 32 bytes; the CVR has its length in front. */
export function visaFormat2Layout(cvn: string): IadLayout {
  return [
    { name: 'length', fixed: '1F' },
    { name: 'cryptogramVersion', fixed: cvn },
    { name: 'derivationKeyIndex', bytes: 1 },
    { name: 'cvr', bytes: 5 },
    { name: 'discretionary', bytes: 24 },
  ]
}

/** M/Chip 4: 18 bytes. `dac`: Data Authentication Code or ICC Dynamic Number. */
export function mchipLayout(cvn: string): IadLayout {
  return [
    { name: 'derivationKeyIndex', bytes: 1 },
    { name: 'cryptogramVersion', fixed: cvn },
    { name: 'cvr', bytes: 6 },
    { name: 'dac', bytes: 2 },
    { name: 'counters', bytes: 8 },
  ]
}

/** Interac, as far as public data show it; what follows the CVR (with its length in front) is left to the issuer. */
export const INTERAC_LAYOUT: IadLayout = [
  { name: 'length', fixed: '15' },
  { name: 'derivationKeyIndex', bytes: 1 },
  { name: 'cryptogramVersion', fixed: '85' },
  { name: 'cvr', bytes: 5 },
  { name: 'discretionary', bytes: 14 },
]

/**
 * Issuer Application Data of the parts' values. A part without a value becomes zeros of its shortest length. Throws a RangeError when a
 * value has another length than its part, or no part has its name.
 */
export function buildIad(layout: IadLayout, fields: IadFields): Uint8Array {
  const unknown = Object.keys(fields).find(
    (name) => !layout.some((part) => part.name === name && 'bytes' in part),
  )
  if (unknown !== undefined) throw new RangeError(`expected fields of the layout, got "${unknown}"`)
  return concat(...layout.map((part) => partBytes(part, fields)))
}

/** The values by the names of their parts; null when the bytes are not of this layout. */
export function parseIad(layout: IadLayout, iad: Uint8Array): IadFields | null {
  const fields: Record<string, Uint8Array> = {}
  let offset = 0
  for (const part of layout) {
    const value = iad.subarray(offset, offset + bounds(part)[1])
    if (!belongs(part, value)) return null
    fields[part.name] = value
    offset += value.length
  }
  return offset === iad.length ? fields : null
}

function partBytes(part: IadPart, fields: IadFields): Uint8Array {
  if ('fixed' in part) return fromHex(part.fixed)
  const [shortest, longest] = bounds(part)
  const value = fields[part.name] ?? new Uint8Array(shortest)
  if (value.length < shortest || value.length > longest)
    throw new RangeError(`expected ${part.name} of ${shortest} to ${longest} bytes, got ${value.length}`)
  return value
}

function belongs(part: IadPart, value: Uint8Array): boolean {
  return 'fixed' in part ? equal(value, fromHex(part.fixed)) : value.length >= bounds(part)[0]
}

function bounds(part: IadPart): readonly [number, number] {
  if ('fixed' in part) return [part.fixed.length / 2, part.fixed.length / 2]
  return typeof part.bytes === 'number' ? [part.bytes, part.bytes] : part.bytes
}
