import { encodeResponse, type Response } from '../../protocols/apdu/response.ts'
import { toHex } from '../../protocols/bytes/bytes.ts'
import { redactApdu } from '../../protocols/emv/redact.ts'
import { encodeTlv, type Tlv } from '../../protocols/tlv/tlv.ts'

/**
 * Whether a value is what a feature file says: hexadecimal with `x` for any digit (blanks do not count), `"text"` for its characters, `8 bytes`, or
 * `none` for undefined.
 */
export function fits(value: Uint8Array | undefined, expected: string): boolean {
  if (value === undefined || expected === 'none') return value === undefined && expected === 'none'
  const [, length] = /^(\d+) bytes?$/.exec(expected) ?? []
  if (length !== undefined) return value.length === Number(length)
  const [, text] = /^"(.*)"$/.exec(expected) ?? []
  if (text !== undefined) return Buffer.from(value).toString('latin1') === text
  return fitsHex(toHex(value), expected.replaceAll(' ', ''))
}

function fitsHex(digits: string, expected: string): boolean {
  if (!/^([0-9A-Fx]{2})*$/.test(expected))
    throw new Error(`expected hexadecimal, "text", a number of bytes or none, got "${expected}"`)
  return (
    digits.length === expected.length &&
    [...expected].every((digit, i) => digit === 'x' || digit === digits[i])
  )
}

/** The tags of data objects as they stand in each other: `6F(84 A5(50 87))`. */
export function structureOf(objects: readonly Tlv[]): string {
  return objects
    .map(({ tag, children }) => (children === undefined ? tag : `${tag}(${structureOf(children)})`))
    .join(' ')
}

/** A value for a message, with nothing in it that must not be written down. */
export function shown(tag: string, value: Uint8Array | undefined): string {
  if (value === undefined) return 'none'
  const whole = redactApdu(encodeResponse(0x9000, encodeTlv(tag, value)))
  return whole.slice(whole.length - 4 - value.length * 2, -4)
}

/** An answer for a message, likewise. */
export function shownAnswer({ sw, data }: Response): string {
  return redactApdu(encodeResponse(sw, data))
}

/** `9000` */
export function statusOf({ sw }: Response): string {
  return sw.toString(16).toUpperCase().padStart(4, '0')
}

/** Throws with what was expected and what came: the report shows the message of an error, but not that of a failed `assert.ok`. */
export function must(holds: boolean, expected: string, got: string): void {
  if (!holds) throw new Error(`expected ${expected}, got ${got}`)
}
