import { parseCommand } from '../apdu/command.ts'
import { ApduError } from '../apdu/error.ts'
import { type DataKind, instructionOf } from '../apdu/instructions.ts'
import { toHex } from '../bytes/bytes.ts'
import { CDOL1_DATA_BYTES } from '../interledger/application.ts'
import { parseTlv, type Tlv, TlvError } from '../tlv/tlv.ts'
import { hasLuhnDigit, hiddenDigits } from './pan.ts'
import { TAGS } from './tags.ts'

/** Hexadecimal digits to hide: from `start` up to, not including, `end`. */
interface Range {
  start: number
  end: number
}

const HEADER_DIGITS = 8
const STATUS_DIGITS = 4
// SW1 of EMV 4.4 Book 3, 6.3.5: anything else at the end is data.
const STATUS_BYTES = new Set([
  0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x90,
])

/**
 * A command or response APDU in upper-case hexadecimal, with `*` for every digit that must not be written down: the middle of a PAN
 * (also in templates and track data), discretionary track data, PINs. What cannot be read could hold any of these anywhere, so that all
 * of it is hidden but the header of a command, or the first two bytes and the status word of a response. Values without tags (DOL data)
 * are searched for what looks like a PAN. Never throws.
 */
export function redactApdu(apdu: Uint8Array): string {
  const digits = [...toHex(apdu)]
  for (const { start, end } of hiddenIn(apdu)) digits.fill('*', start, end)
  return digits.join('')
}

function hiddenIn(apdu: Uint8Array): Range[] {
  const [cla = 0, ins = 0] = apdu
  const instruction = apdu.length < 4 ? undefined : instructionOf(cla, ins)
  return instruction === undefined ? hiddenInResponse(apdu) : hiddenInCommand(apdu, instruction.data)
}

function hiddenInCommand(command: Uint8Array, kind: DataKind): Range[] {
  const data = dataOf(command)
  if (data === null) return [{ start: HEADER_DIGITS, end: command.length * 2 }]
  const start = (data.byteOffset - command.byteOffset) * 2
  return shift(HIDDEN_BY_KIND[kind](data), start)
}

const HIDDEN_BY_KIND: Readonly<Record<DataKind, (data: Uint8Array) => Range[]>> = {
  plain: () => [],
  none: all,
  tlv: (data) => hiddenInTlv(data) ?? all(data),
  opaque: hiddenInOpaque,
  pin: all,
}

function hiddenInResponse(response: Uint8Array): Range[] {
  const known = hiddenInTlv(response.subarray(0, -2))
  const [sw1 = 0] = response.subarray(-2)
  const end = response.length * 2 - (STATUS_BYTES.has(sw1) ? STATUS_DIGITS : 0)
  return known ?? [{ start: 4, end }]
}

function hiddenInTlv(data: Uint8Array): Range[] | null {
  const tlvs = tryParse(data)
  if (tlvs === null) return null
  // Whatever is no template may be bytes without tags that read as BER-TLV by chance.
  const doubtful = tlvs.every(isTemplate) ? [] : hiddenInOpaque(data)
  return [...doubtful, ...tlvs.flatMap((tlv) => hiddenInObject(tlv, data.byteOffset))]
}

function isTemplate({ tag, children }: Tlv): boolean {
  return tag in TAGS && (children !== undefined || tag === '80')
}

function hiddenInObject({ tag, value, children }: Tlv, origin: number): Range[] {
  if (children !== undefined) return children.flatMap((child) => hiddenInObject(child, origin))
  const rule = HIDDEN_BY_TAG.get(tag) ?? (tag in TAGS ? undefined : hiddenInOpaque)
  return shift(rule?.(value) ?? [], (value.byteOffset - origin) * 2)
}

const HIDDEN_BY_TAG: ReadonlyMap<string, (value: Uint8Array) => Range[]> = new Map([
  ['56', hiddenInTrack1],
  ['57', hiddenInTrack2],
  ['5A', hiddenInPan],
  ['83', hiddenInOpaque],
  ['86', hiddenIn],
  ['99', all],
  ['9F1F', all],
  ['9F20', all],
  ['9F6B', hiddenInTrack2],
  ['DF8107', hiddenInOpaque],
  ['DF8111', hiddenInOpaque],
  ['DF8113', hiddenInOpaque],
  ['DF812A', all],
  ['DF812B', all],
])

function hiddenInPan(value: Uint8Array): Range[] {
  const [, pan] = /^(\d+)F*$/.exec(toHex(value)) ?? []
  return pan === undefined ? all(value) : [hiddenDigits(pan.length)]
}

/** PAN, D, expiry YYMM, service code, then discretionary data: ISO/IEC 7813. */
function hiddenInTrack2(value: Uint8Array): Range[] {
  const digits = toHex(value)
  const [, pan] = /^(\d{1,19})D\d*F*$/.exec(digits) ?? []
  if (pan === undefined) return all(value)
  return [hiddenDigits(pan.length), { start: pan.length + 8, end: digits.length }]
}

/** B, PAN, ^, name, ^, expiry YYMM, service code, then discretionary data, in characters: ISO/IEC 7813. */
function hiddenInTrack1(value: Uint8Array): Range[] {
  const text = Buffer.from(value).toString('latin1')
  const [, pan, name] = /^B(\d{1,19})\^([^^]*)\^\d{7}[^^]*$/.exec(text) ?? []
  if (pan === undefined || name === undefined) return all(value)
  const { start, end } = hiddenDigits(pan.length)
  const discretionary = 1 + pan.length + 1 + name.length + 1 + 7
  return [
    { start: (1 + start) * 2, end: (1 + end) * 2 },
    { start: discretionary * 2, end: value.length * 2 },
  ]
}

/** Whatever looks like a PAN: 13 to 19 decimal digits from a byte's first on, of a payment industry, with a right check digit. */
function hiddenInOpaque(value: Uint8Array): Range[] {
  // The Interledger card's CDOL1 asks for no PAN, and its random and decimal bytes would often look like one.
  if (isInterledgerCdol1(value)) return []
  const digits = toHex(value)
  const ranges: Range[] = []
  for (let offset = 0; offset < digits.length; offset += 2) {
    const [run] = /^[2-6]\d{12,18}/.exec(digits.slice(offset, offset + 19)) ?? []
    for (let length = run?.length ?? 0; length >= 13; length--) {
      if (hasLuhnDigit(digits.slice(offset, offset + length)))
        ranges.push(...shift([hiddenDigits(length)], offset))
    }
  }
  return ranges
}

function isInterledgerCdol1(value: Uint8Array): boolean {
  const dollar = 0x24
  return value.length === CDOL1_DATA_BYTES && value[21] === dollar && value[85] === dollar
}

function all(value: Uint8Array): Range[] {
  return [{ start: 0, end: value.length * 2 }]
}

function shift(ranges: readonly Range[], by: number): Range[] {
  return ranges.map(({ start, end }) => ({ start: start + by, end: end + by }))
}

function dataOf(command: Uint8Array): Uint8Array | null {
  try {
    return parseCommand(command).data ?? command.subarray(command.length)
  } catch (error) {
    if (error instanceof ApduError) return null
    throw error
  }
}

function tryParse(data: Uint8Array): Tlv[] | null {
  try {
    return parseTlv(data)
  } catch (error) {
    if (error instanceof TlvError) return null
    throw error
  }
}
