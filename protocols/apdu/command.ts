import { concat } from '../bytes/bytes.ts'
import { ApduError } from './error.ts'

/** A command APDU, ISO/IEC 7816-4, 5.1. */
export interface Command {
  cla: number
  ins: number
  p1: number
  p2: number
  /** 1 to 65,535 bytes; absent when there is none. */
  data?: Uint8Array
  /** Most bytes expected back, 1 to 65,536; absent when none are. */
  le?: number
}

const SHORT_LC = 255
const SHORT_LE = 256
const EXTENDED_LC = 65_535
const EXTENDED_LE = 65_536

/**
 * The bytes of a command: short lengths where they fit, extended ones otherwise (ISO/IEC 7816-4, 5.2). Throws {@link ApduError} when a
 * field does not fit at all.
 */
export function encodeCommand({ cla, ins, p1, p2, data = new Uint8Array(), le }: Command): Uint8Array {
  const header = [cla, ins, p1, p2]
  if (!header.every(isByte)) throw new ApduError(`expected CLA INS P1 P2 as bytes, got ${header.join(' ')}`)
  if (data.length > EXTENDED_LC)
    throw new ApduError(`expected at most ${EXTENDED_LC} bytes of command data, got ${data.length}`)
  if (le !== undefined && !(Number.isInteger(le) && le >= 1 && le <= EXTENDED_LE))
    throw new ApduError(`expected Le from 1 to ${EXTENDED_LE}, got ${le}`)
  const extended = data.length > SHORT_LC || (le ?? 0) > SHORT_LE
  return concat(Uint8Array.from(header), extended ? extendedBody(data, le) : shortBody(data, le))
}

/** Reads a command of any of the seven cases of ISO/IEC 7816-4, 5.1. Throws {@link ApduError}. */
export function parseCommand(bytes: Uint8Array): Command {
  const [cla, ins, p1, p2] = bytes
  if (cla === undefined || ins === undefined || p1 === undefined || p2 === undefined)
    throw new ApduError(`expected a command APDU of at least 4 bytes, got ${bytes.length}`)
  const body = bytes.subarray(4)
  return { cla, ins, p1, p2, ...(isExtended(body) ? parseExtended(body) : parseShort(body)) }
}

type Body = Pick<Command, 'data' | 'le'>

function shortBody(data: Uint8Array, le: number | undefined): Uint8Array {
  const lc = data.length === 0 ? [] : [data.length]
  const expected = le === undefined ? [] : [le % SHORT_LE]
  return concat(Uint8Array.from(lc), data, Uint8Array.from(expected))
}

function extendedBody(data: Uint8Array, le: number | undefined): Uint8Array {
  // One zero byte announces the extended form, before whichever length comes first.
  const lc = data.length === 0 ? [] : uint16(data.length)
  const expected = le === undefined ? [] : uint16(le % EXTENDED_LE)
  return concat(Uint8Array.of(0, ...lc), data, Uint8Array.from(expected))
}

function parseShort(body: Uint8Array): Body {
  const [first] = body
  if (first === undefined) return {}
  if (body.length === 1) return { le: first || SHORT_LE }
  return parseData(body, 1, first, 1, SHORT_LE)
}

function parseExtended(body: Uint8Array): Body {
  if (body.length === 3) return { le: uint16At(body, 1) || EXTENDED_LE }
  return parseData(body, 3, uint16At(body, 1), 2, EXTENDED_LE)
}

function parseData(body: Uint8Array, start: number, lc: number, leBytes: number, longestLe: number): Body {
  const end = start + lc
  const data = body.subarray(start, end)
  if (lc > 0 && body.length === end) return { data }
  if (lc > 0 && body.length === end + leBytes) {
    const le = leBytes === 1 ? (body[end] ?? 0) : uint16At(body, end)
    return { data, le: le || longestLe }
  }
  throw new ApduError(
    `expected Lc ${lc} to be at least 1 and followed by ${lc} data bytes and at most ${leBytes} of Le, got ${body.length - start} bytes`,
  )
}

function isExtended(body: Uint8Array): boolean {
  return body.length >= 3 && body[0] === 0
}

function isByte(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 255
}

function uint16(value: number): number[] {
  return [value >> 8, value & 0xff]
}

function uint16At(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] ?? 0) * 256 + (bytes[offset + 1] ?? 0)
}
