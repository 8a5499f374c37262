import { parseCommand } from '../apdu/command.ts'
import { instructionOf } from '../apdu/instructions.ts'
import { describeStatus } from '../apdu/status-words.ts'
import { parseAtr } from '../atr/atr.ts'
import { describeAtr } from '../atr/describe-atr.ts'
import { concat, toHex } from '../bytes/bytes.ts'
import { type DolEntry, parseDol } from '../tlv/dol.ts'
import { encodeTlv, parseTlv, type Tlv } from '../tlv/tlv.ts'
import { BITS, type BitNames } from './bits.ts'
import { familyOfIad } from './cryptograms/families.ts'
import { parseCvmList } from './cvm.ts'
import { describeCommand, describeResponse, type Line } from './describe.ts'
import { TAGS, tagName } from './tags.ts'

/** What bytes can be decoded as. */
export const DECODERS = [
  'apdu',
  'response',
  'atr',
  'tlv',
  'dol',
  'tvr',
  'tsi',
  'cvm-list',
  'cvm-results',
  'iad',
  'aip',
  'auc',
  'ttq',
  'ctq',
  'iac',
  'terminal-capabilities',
  'additional-terminal-capabilities',
  'sw',
] as const
export type DecoderName = (typeof DECODERS)[number]

export interface Decoded {
  /** What the bytes were taken for. */
  as: DecoderName
  /** Whether that was a guess. */
  guessed: boolean
  /** What else they could be, most likely first; empty when it was told. */
  alternatives: DecoderName[]
  lines: Line[]
}

/** Bytes that are not what they were said to be, or nothing known. Messages name lengths and what was expected, never values. */
export class DecodeError extends Error {
  override name = 'DecodeError'
}

interface Decoder {
  /** What the bytes have to be, for a message. */
  expected: string
  /** Whether the bytes can be this at all; may throw for no. */
  fits(bytes: Uint8Array): boolean
  /** Whether it is worth a guess where nobody said what the bytes are; default: when they fit. */
  likely?(bytes: Uint8Array): boolean
  lines(bytes: Uint8Array): Line[]
}

/** A data object of a fixed length, named by its tag. */
function object(tag: string, least: number, most: number, likely?: (bytes: Uint8Array) => boolean): Decoder {
  return {
    expected: `${least === most ? least : `${least} to ${most}`} bytes`,
    fits: ({ length }) => length >= least && length <= most,
    ...(likely === undefined ? {} : { likely }),
    lines: (bytes) => objectLines(tag, bytes),
  }
}

const never = () => false

/** In the order in which a guess is made: what says most of itself first. Two bytes that are no status word could be anything. */
const TABLE: Readonly<Record<DecoderName, Decoder>> = {
  atr: {
    expected: 'an ATR that begins with 3B or 3F',
    fits: (bytes) => parseAtr(bytes).bytes.length > 0,
    lines: describeAtr,
  },
  apdu: {
    expected: 'a command APDU: CLA INS P1 P2, then Lc and data, Le, both or neither',
    fits: (bytes) => parseCommand(bytes).cla >= 0,
    likely: (bytes) => instructionOf(bytes[0] ?? 0, bytes[1] ?? 0) !== undefined,
    lines: (bytes) => describeCommand(bytes),
  },
  sw: {
    expected: 'a status word of 2 bytes',
    fits: ({ length }) => length === 2,
    likely: ([sw1 = 0]) => sw1 === 0x90 || (sw1 >= 0x61 && sw1 <= 0x6f),
    lines: (bytes) => [
      {
        depth: 0,
        name: 'status word',
        hex: toHex(bytes),
        meaning: describeStatus((bytes[0] ?? 0) * 256 + (bytes[1] ?? 0)),
      },
    ],
  },
  response: {
    expected: 'a response APDU: data objects, then a status word',
    fits: (bytes) => bytes.length >= 2 && parseTlv(bytes.subarray(0, -2)).length > 0,
    likely: (bytes) => toHex(bytes.subarray(-2)) === '9000' && known(parseTlv(bytes.subarray(0, -2))),
    lines: (bytes) => describeResponse('', bytes),
  },
  tlv: {
    expected: 'BER-TLV data objects',
    fits: (bytes) => parseTlv(bytes).length > 0,
    likely: (bytes) => known(parseTlv(bytes)),
    lines: tlvLines,
  },
  iad: {
    expected: 'up to 32 bytes',
    fits: ({ length }) => length >= 1 && length <= 32,
    likely: (bytes) => familyOfIad(bytes) !== null,
    lines: (bytes) => objectLines('9F10', bytes),
  },
  dol: {
    expected: 'a data object list: tags, each with a length byte',
    fits: (bytes) => parseDol(bytes).length > 0,
    likely: (bytes) => parseDol(bytes).length > 1 && parseDol(bytes).every(({ tag }) => tag in TAGS),
    lines: (bytes) => parseDol(bytes).map(dolLine),
  },
  'cvm-results': object(
    '9F34',
    3,
    3,
    ([code = 0, condition = 0, result = 0]) =>
      condition <= 9 && result <= 2 && ((code & 0x3f) <= 0x0f || [0x1e, 0x1f, 0x3f].includes(code & 0x3f)),
  ),
  tvr: object('95', 5, 5),
  'cvm-list': {
    expected: 'two amounts of 4 bytes and rules of 2 bytes',
    fits: (bytes) => parseCvmList(bytes).rules.length > 0,
    likely: (bytes) => parseCvmList(bytes).rules.every(({ condition }) => condition <= 9),
    lines: (bytes) => objectLines('8E', bytes),
  },
  'terminal-capabilities': object('9F33', 3, 3),
  ttq: object('9F66', 4, 4),
  aip: object('82', 2, 2),
  tsi: object('9B', 2, 2),
  auc: object('9F07', 2, 2),
  ctq: object('9F6C', 2, 2),
  iac: object('9F0F', 5, 5, never),
  'additional-terminal-capabilities': object('9F40', 5, 5),
}

/**
 * Bytes in words. `as`: what they are; without it a guess is made and the result says so. Account numbers, track data and PINs are hidden
 * as `redactApdu` does. Throws {@link DecodeError}.
 */
export function decode(bytes: Uint8Array, as?: DecoderName): Decoded {
  if (bytes.length === 0) throw new DecodeError('expected hexadecimal digits, got none')
  if (as === undefined) return guess(bytes)
  if (!holds(() => TABLE[as].fits(bytes)))
    throw new DecodeError(
      `expected ${as} to be ${TABLE[as].expected}, got ${bytes.length} bytes that are not`,
    )
  return { as, guessed: false, alternatives: [], lines: TABLE[as].lines(bytes) }
}

function guess(bytes: Uint8Array): Decoded {
  const fitting = (Object.keys(TABLE) as DecoderName[]).filter((name) => {
    const { fits, likely = fits } = TABLE[name]
    return holds(() => fits(bytes) && likely(bytes))
  })
  const [best, ...alternatives] = fitting
  if (best !== undefined) return { as: best, guessed: true, alternatives, lines: TABLE[best].lines(bytes) }
  throw new DecodeError(
    `expected one of ${DECODERS.join(', ')}, got ${bytes.length} bytes that are none of them: say which with --as`,
  )
}

function known(tlvs: readonly Tlv[]): boolean {
  return tlvs.length > 0 && tlvs.every(({ tag }) => tag in TAGS)
}

function tlvLines(bytes: Uint8Array): Line[] {
  // Data objects are a response's data in all but the status word. A template says that they are such, and no bytes without tags.
  const wrapped = holds(() => known(parseTlv(bytes)))
  const data = wrapped ? encodeTlv('70', bytes) : bytes
  const dropped = wrapped ? 2 : 1
  const lines = describeResponse('', concat(data, Uint8Array.of(0x90, 0x00))).slice(dropped)
  return lines.map((line) => ({ ...line, depth: line.depth - dropped }))
}

function dolLine({ tag, length }: DolEntry): Line {
  const meaning = length === 1 ? '1 byte' : `${length} bytes`
  return { depth: 0, name: `${tag} ${tagName(tag)}`, hex: '', meaning }
}

function objectLines(tag: string, bytes: Uint8Array): Line[] {
  const [line, ...parts] = tlvLines(encodeTlv(tag, bytes))
  const bits = BITS.get(tag)
  if (line === undefined) return []
  if (bits === undefined) return [line, ...parts]
  return [{ ...line, meaning: null }, ...bitLines(bits, bytes)]
}

/** One line for each bit that is set: `byte 1 bit 8`. */
function bitLines(bits: BitNames, bytes: Uint8Array): Line[] {
  const lines = [...bytes].flatMap((byte, index) =>
    [8, 7, 6, 5, 4, 3, 2, 1]
      .filter((bit) => (byte & (1 << (bit - 1))) !== 0)
      .map((bit) => ({
        depth: 1,
        name: `byte ${index + 1} bit ${bit}`,
        hex: '',
        meaning: bits.get(`${index + 1}.${bit}`) ?? 'reserved',
      })),
  )
  return lines.length > 0 ? lines : [{ depth: 1, name: 'no bit set', hex: '', meaning: null }]
}

function holds(check: () => boolean): boolean {
  try {
    return check()
  } catch {
    return false
  }
}
