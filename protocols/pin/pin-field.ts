import { fromHex, toHex } from '../bytes/bytes.ts'
import { checkPin } from './digits.ts'
import { PinError } from './error.ts'
import { PIN_FORMATS, type PinFormat, type Random } from './formats.ts'
import type { PinReading, PinRefusal } from './refusal.ts'

/** Digits before those of the PIN: control field and PIN length. */
const HEAD_DIGITS = 2
const SHORTEST_PIN = 4
const LONGEST_PIN = 12

/**
 * The plain text PIN field, before the PAN enters it: control field, PIN length, PIN, filler. 8 bytes, format 4: 16 (ISO 9564-1:2017, 9.3.2
 * to 9.3.5 and 9.4.2.2.2). `random` fills formats 1, 3 and 4. Throws a {@link PinError} without it, or unless `pin` is 4 to
 * 12 digits.
 */
export function pinField(format: PinFormat, pin: string, random: Random = noRandom): Uint8Array {
  checkPin(pin)
  const { bytes, fill } = PIN_FORMATS[format]
  const head = `${format}${pin.length.toString(16)}${pin}`
  return fromHex(head + fill(2 * bytes - head.length, random))
}

/** Inverse of {@link pinField}. */
export function readPinField(format: PinFormat, field: Uint8Array): PinReading {
  const { bytes, filler } = PIN_FORMATS[format]
  if (field.length !== bytes) return refused('length_wrong')
  const digits = toHex(field)
  if (digits.charAt(0) !== `${format}`) return refused('control_field_wrong')
  const length = Number.parseInt(digits.charAt(1), 16)
  if (length < SHORTEST_PIN || length > LONGEST_PIN) return refused('pin_length_wrong')
  const pin = digits.slice(HEAD_DIGITS, HEAD_DIGITS + length)
  if (!filler.test(digits.slice(HEAD_DIGITS + length))) return refused('filler_wrong')
  return /^[0-9]*$/.test(pin) ? { ok: true, pin } : refused('pin_not_numeric')
}

function noRandom(): never {
  throw new PinError('random bytes for the filler', 'none', 'give a source of random bytes')
}

function refused(reason: PinRefusal): PinReading {
  return { ok: false, reason }
}
