import { isPan } from './digits.ts'
import { decipherPin, encipherPin, type PinEncipherment } from './encipher.ts'
import { PIN_FORMATS, type PinFormat, type Random } from './formats.ts'
import { boundPan } from './pin-block.ts'
import { PIN_REFUSALS, type PinRefusal } from './refusal.ts'

/** Why a PIN block is not translated. */
export const TRANSLATION_REFUSALS = {
  format_not_allowed: 'this format must not be translated into the other',
  pan_changed: 'PAN must be the same before and after',
  ...PIN_REFUSALS,
} as const

export type TranslationRefusal = 'format_not_allowed' | 'pan_changed' | PinRefusal

export type Translation = { ok: true; block: Uint8Array } | { ok: false; reason: TranslationRefusal }

/**
 * Formats that each may become (PCI PIN Security Requirements 3.1, 3-3). What binds a PAN stays bound; format 2 is
 * for submission to a card alone.
 */
const ALLOWED: Record<PinFormat, readonly PinFormat[]> = {
  0: [0, 2, 3, 4],
  1: [0, 1, 2, 3, 4],
  2: [2],
  3: [0, 2, 3, 4],
  4: [0, 2, 3, 4],
}

/**
 * Deciphers a PIN block and enciphers its PIN anew, under another key and, where allowed, in another format. Never throws for what came in
 * `block` or a PAN. Throws a {@link PinError} for a key that does not fit, or a PAN that the format needs and that is absent.
 */
export function translatePin(
  from: PinEncipherment,
  block: Uint8Array,
  to: PinEncipherment,
  random: Random,
): Translation {
  if (!ALLOWED[from.format].includes(to.format)) return { ok: false, reason: 'format_not_allowed' }
  const bothBind = PIN_FORMATS[from.format].bindsPan && PIN_FORMATS[to.format].bindsPan
  if (bothBind && from.pan !== to.pan) return { ok: false, reason: 'pan_changed' }
  const reading = decipherPin(from, block)
  if (!reading.ok) return reading
  if (PIN_FORMATS[to.format].bindsPan && !isPan(boundPan(to.format, to.pan)))
    return { ok: false, reason: 'pan_malformed' }
  return { ok: true, block: encipherPin(to, reading.pin, random) }
}
