import { aesEcb, decryptAesCbc } from '../emv/keys/aes.ts'
import { decryptEcb, encryptEcb } from '../mac/des.ts'
import { xor } from '../mac/xor.ts'
import { isPan } from './digits.ts'
import { PinError } from './error.ts'
import { PIN_FORMATS, type PinFormat, type Random } from './formats.ts'
import { panField } from './pan-field.ts'
import { boundPan, pinBlock, readPinBlock } from './pin-block.ts'
import { pinField, readPinField } from './pin-field.ts'
import type { PinReading } from './refusal.ts'

/** How a PIN block is made and enciphered. */
export interface PinEncipherment {
  format: PinFormat
  /** 16 or 24 bytes (triple DES), for format 4: 16, 24 or 32 (AES). */
  key: Uint8Array
  /** For formats 0, 3 and 4. */
  pan?: string | undefined
}

const KEY_BYTES = { TDES: [16, 24], AES: [16, 24, 32] }

/**
 * An enciphered PIN block: 8 bytes, format 4: 16. `random`: for formats 1, 3 and 4. Throws a {@link PinError} for a PIN, a PAN or a key
 * that does not fit.
 */
export function encipherPin(to: PinEncipherment, pin: string, random: Random): Uint8Array {
  const { format, key } = to
  checkKey(to)
  if (format !== 4) return encryptEcb(key, pinBlock(format, pin, { pan: to.pan, random }))
  // ISO 9564-1:2017, 9.4.2.3: the PAN enters between two encipherments.
  const pan = panField(format, boundPan(format, to.pan))
  return aesEcb(key, xor(aesEcb(key, pinField(format, pin, random)), pan))
}

/** Inverse of {@link encipherPin}: never throws for what came in `block` or `pan`, but for a key that does not fit. */
export function decipherPin(from: PinEncipherment, block: Uint8Array): PinReading {
  const { format, key } = from
  checkKey(from)
  if (block.length !== PIN_FORMATS[format].bytes) return { ok: false, reason: 'length_wrong' }
  if (format !== 4) return readPinBlock(format, decryptEcb(key, block), from.pan)
  const pan = boundPan(format, from.pan)
  if (!isPan(pan)) return { ok: false, reason: 'pan_malformed' }
  // With one block, CBC from zeros is ECB.
  const field = decryptAesCbc(key, xor(decryptAesCbc(key, block), panField(format, pan)))
  return readPinField(format, field)
}

function checkKey({ format, key }: PinEncipherment): void {
  const { cipher } = PIN_FORMATS[format]
  const lengths = KEY_BYTES[cipher]
  if (!lengths.includes(key.length))
    throw new PinError(
      `a ${cipher} key of ${lengths.join(' or ')} bytes for format ${format}`,
      `${key.length}`,
      'give a key of that cipher',
    )
}
