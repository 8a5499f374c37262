import { concat } from '../bytes/bytes.ts'
import { contextTag, TAG } from './tags.ts'

type Bytes = Uint8Array

/** One object: tag, shortest length, contents, which may be given in pieces. */
export function encodeDer(tag: number, ...contents: readonly Bytes[]): Bytes {
  const value = concat(...contents)
  return concat(Uint8Array.of(tag), encodeLength(value.length), value)
}

export function sequence(...items: readonly Bytes[]): Bytes {
  return encodeDer(TAG.sequence, ...items)
}

/** A SET OF, its items in the order of DER (X.690, 11.6). */
export function setOf(...items: readonly Bytes[]): Bytes {
  return encodeDer(TAG.set, ...items.toSorted(Buffer.compare))
}

/** [n] around whole objects. */
export function context(n: number, ...items: readonly Bytes[]): Bytes {
  return encodeDer(contextTag(n), ...items)
}

/** An INTEGER that is not negative, below 2^53. */
export function integer(value: number): Bytes {
  const hex = value.toString(16)
  return unsigned(new Uint8Array(Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')))
}

/** An INTEGER that is not negative, from its big-endian bytes. */
export function unsigned(bytes: Bytes): Bytes {
  const start = bytes.findIndex((byte) => byte !== 0)
  const magnitude = start < 0 ? Uint8Array.of(0) : bytes.subarray(start)
  return encodeDer(TAG.integer, new Uint8Array((magnitude[0] ?? 0) >= 0x80 ? 1 : 0), magnitude)
}

export function octetString(bytes: Bytes): Bytes {
  return encodeDer(TAG.octetString, bytes)
}

/** A BIT STRING of whole bytes. */
export function bitString(bytes: Bytes): Bytes {
  return encodeDer(TAG.bitString, Uint8Array.of(0), bytes)
}

export function nothing(): Bytes {
  return encodeDer(TAG.null)
}

/** An OBJECT IDENTIFIER from its dotted form. Throws a RangeError when it is none. */
export function oid(dotted: string): Bytes {
  if (!/^([01]\.([0-9]|[1-3][0-9])|2\.\d+)(\.(0|[1-9]\d*))*$/.test(dotted))
    throw new RangeError(`expected an object identifier, got "${dotted.slice(0, 40)}"`)
  const [root = 0n, second = 0n, ...others] = dotted.split('.').map(BigInt)
  return encodeDer(TAG.oid, ...[root * 40n + second, ...others].map(encodeArc))
}

/** UTCTime until 2049, GeneralizedTime from then on (RFC 5280, 4.1.2.5). Parts of a second are cut off. */
export function timeOf(date: Date): Bytes {
  const digits = `${date.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`
  const year = date.getUTCFullYear()
  const short = year >= 1950 && year < 2050
  const text = Buffer.from(short ? digits.slice(2) : digits, 'ascii')
  return encodeDer(short ? TAG.utcTime : TAG.generalizedTime, text)
}

function encodeArc(arc: bigint): Bytes {
  const digits = [Number(arc & 0x7fn)]
  for (let rest = arc >> 7n; rest > 0n; rest >>= 7n) digits.unshift(Number(rest & 0x7fn) | 0x80)
  return Uint8Array.from(digits)
}

function encodeLength(length: number): Bytes {
  if (length < 0x80) return Uint8Array.of(length)
  const digits: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256)
  return Uint8Array.of(0x80 + digits.length, ...digits)
}
