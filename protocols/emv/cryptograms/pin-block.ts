import { concat, fromHex } from '../../bytes/bytes.ts'
import { xor } from '../../mac/xor.ts'
import { checkPin } from '../../pin/digits.ts'
import { pinBlock, readPinBlock } from '../../pin/pin-block.ts'
import { pinField, readPinField } from '../../pin/pin-field.ts'

/** PIN block of ISO 9564-1 format 2: 2, length, digits, F to the end. 8 bytes. Throws a RangeError unless `pin` is 4 to 12 digits. */
export function format2PinBlock(pin: string): Uint8Array {
  return pinBlock(2, pin)
}

/** The PIN in a block of format 2; null when it is none. */
export function openFormat2PinBlock(block: Uint8Array): string | null {
  const reading = readPinBlock(2, block)
  return reading.ok ? reading.pin : null
}

/**
 * Visa's PIN block for PIN CHANGE (VIS 1.6, Appendix B): 0, length, digits, F to the end, exclusive-ored with bytes 5 to 8 of the ICC
 * master key for cryptograms and, where it is given, with the current PIN, left-justified and zero-filled. 8 bytes.
 */
export function visPinBlock(masterKey: Uint8Array, pin: string, currentPin?: string): Uint8Array {
  return xor(pinField(0, pin), visMask(masterKey, currentPin))
}

/** Inverse of {@link visPinBlock}; null when what is under the masks is no PIN block. */
export function openVisPinBlock(
  masterKey: Uint8Array,
  block: Uint8Array,
  currentPin?: string,
): string | null {
  if (block.length !== 8) return null
  const reading = readPinField(0, xor(block, visMask(masterKey, currentPin)))
  return reading.ok ? reading.pin : null
}

function visMask(masterKey: Uint8Array, currentPin: string | undefined): Uint8Array {
  const mask = concat(new Uint8Array(4), masterKey.subarray(4, 8))
  if (currentPin === undefined) return mask
  checkPin(currentPin)
  return xor(mask, fromHex(currentPin.padEnd(16, '0')))
}
