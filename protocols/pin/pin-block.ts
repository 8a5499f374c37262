import { xor } from '../mac/xor.ts'
import { isPan } from './digits.ts'
import { PinError } from './error.ts'
import { PIN_FORMATS, type PinFormat, type Random } from './formats.ts'
import { panField } from './pan-field.ts'
import { pinField, readPinField } from './pin-field.ts'
import type { PinReading } from './refusal.ts'

/** Formats whose block exists in clear. One of format 4 comes only enciphered. */
export type ClearFormat = Exclude<PinFormat, 4>

/** A clear PIN block, 8 bytes. `pan`: for formats 0 and 3; `random`: for 1 and 3. Throws a {@link PinError} when one is absent or wrong. */
export function pinBlock(
  format: ClearFormat,
  pin: string,
  { pan, random }: { pan?: string | undefined; random?: Random | undefined } = {},
): Uint8Array {
  const field = pinField(format, pin, random)
  return PIN_FORMATS[format].bindsPan ? xor(field, panField(format, boundPan(format, pan))) : field
}

/** Inverse of {@link pinBlock}: never throws for what came in `block` or `pan`. */
export function readPinBlock(format: ClearFormat, block: Uint8Array, pan?: string): PinReading {
  const { bytes, bindsPan } = PIN_FORMATS[format]
  if (block.length !== bytes) return { ok: false, reason: 'length_wrong' }
  if (!bindsPan) return readPinField(format, block)
  const bound = boundPan(format, pan)
  if (!isPan(bound)) return { ok: false, reason: 'pan_malformed' }
  return readPinField(format, xor(block, panField(format, bound)))
}

/** The PAN that a format needs. Throws a {@link PinError} when there is none. */
export function boundPan(format: PinFormat, pan: string | undefined): string {
  if (pan === undefined) throw new PinError(`a PAN for format ${format}`, 'none', 'give the PAN of the card')
  return pan
}
