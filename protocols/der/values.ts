import { DerError } from './error.ts'
import type { Der } from './reader.ts'
import { TAG } from './tags.ts'

const UTC_TIME = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/
const GENERALIZED_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/
// RFC 5280, 4.1.2.5.1: two-digit years from 50 on are of the last century.
const CENTURY_TURN = 50
const MAX_OID_BYTES = 64

/** Contents octets of an INTEGER: two's complement, big-endian, shortest. Throws {@link DerError}. */
export function integerBytes(der: Der): Uint8Array {
  checkTag(der, TAG.integer, 'INTEGER')
  const [first = -1, second = 0] = der.value
  const padded = der.value.length > 1 && (first === 0 || first === 0xff) && first >> 7 === second >> 7
  if (first < 0 || padded) throw new DerError('INTEGER: expected the shortest form')
  return der.value
}

/** A small INTEGER that is not negative, such as a version. Throws {@link DerError}. */
export function smallInteger(der: Der): number {
  const bytes = integerBytes(der)
  if (bytes.length > 4 || (bytes[0] ?? 0) >= 0x80) throw new DerError('INTEGER: expected 0 to 2147483647')
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0)
}

/** An OCTET STRING. Throws {@link DerError}. */
export function octets(der: Der): Uint8Array {
  checkTag(der, TAG.octetString, 'OCTET STRING')
  return der.value
}

/** A BIT STRING of whole bytes. Throws {@link DerError}. */
export function bitStringBytes(der: Der): Uint8Array {
  checkTag(der, TAG.bitString, 'BIT STRING')
  if (der.value[0] !== 0) throw new DerError('BIT STRING: expected whole bytes')
  return der.value.subarray(1)
}

/** An OBJECT IDENTIFIER in dotted form. Throws {@link DerError}. */
export function oidText(der: Der): string {
  checkTag(der, TAG.oid, 'OBJECT IDENTIFIER')
  const arcs: bigint[] = []
  let arc = 0n
  let open = false
  for (const byte of der.value.subarray(0, MAX_OID_BYTES)) {
    if (!open && byte === 0x80) throw new DerError('OBJECT IDENTIFIER: expected the shortest form')
    arc = (arc << 7n) | BigInt(byte & 0x7f)
    open = byte >= 0x80
    if (open) continue
    arcs.push(arc)
    arc = 0n
  }
  const [first, ...others] = arcs
  if (first === undefined || open || der.value.length > MAX_OID_BYTES)
    throw new DerError('OBJECT IDENTIFIER: expected whole arcs')
  // X.690, 8.19.4: the first two arcs share a number.
  const root = first < 80n ? first / 40n : 2n
  return [root, first - root * 40n, ...others].join('.')
}

/** A UTCTime or GeneralizedTime in the form of RFC 5280, 4.1.2.5: seconds, Z. Throws {@link DerError}. */
export function time(der: Der): Date {
  const form = der.tag === TAG.utcTime ? UTC_TIME : der.tag === TAG.generalizedTime ? GENERALIZED_TIME : null
  const parts = form?.exec(Buffer.from(der.value).toString('latin1'))
  if (parts === null || parts === undefined)
    throw new DerError('time: expected UTCTime or GeneralizedTime of seconds')
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number)
  const full = der.tag === TAG.generalizedTime ? year : year + (year < CENTURY_TURN ? 2000 : 1900)
  const date = new Date(0)
  date.setUTCFullYear(full, month - 1, day)
  date.setUTCHours(hour, minute, second)
  const same = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && date.getUTCHours() === hour
  if (!same || minute > 59 || second > 59) throw new DerError('time: expected a date that exists')
  return date
}

function checkTag(der: Der, tag: number, what: string): void {
  if (der.tag !== tag) throw new DerError(`expected ${what}, got tag ${der.tag.toString(16)}`)
}
