import { concat, fromHex, toHex } from '../../bytes/bytes.ts'
import { xor } from '../../mac/xor.ts'

const PIN = /^[0-9]{4,12}$/

/** PIN block of ISO 9564-1 format 2: 2, length, digits, F to the end. 8 bytes. Throws a RangeError unless `pin` is 4 to 12 digits. */
export function format2PinBlock(pin: string): Uint8Array {
  return filledBlock('2', pin)
}

/** The PIN in a block of format 2; null when it is none. */
export function openFormat2PinBlock(block: Uint8Array): string | null {
  return openFilledBlock('2', block)
}

/**
 * Visa's PIN block for PIN CHANGE (VIS 1.6, Appendix B): 0, length, digits, F to the end, exclusive-ored with bytes 5 to 8 of the ICC
 * master key for cryptograms and, where it is given, with the current PIN, left-justified and zero-filled. 8 bytes.
 */
export function visPinBlock(masterKey: Uint8Array, pin: string, currentPin?: string): Uint8Array {
  return xor(filledBlock('0', pin), visMask(masterKey, currentPin))
}

/** Inverse of {@link visPinBlock}; null when what is under the masks is no PIN block. */
export function openVisPinBlock(
  masterKey: Uint8Array,
  block: Uint8Array,
  currentPin?: string,
): string | null {
  return block.length === 8 ? openFilledBlock('0', xor(block, visMask(masterKey, currentPin))) : null
}

function filledBlock(format: string, pin: string): Uint8Array {
  checkPin(pin)
  return fromHex((format + pin.length.toString(16) + pin).padEnd(16, 'F'))
}

function openFilledBlock(format: string, block: Uint8Array): string | null {
  const digits = toHex(block)
  const pin = digits.slice(2, 2 + Number.parseInt(digits.charAt(1), 16))
  return PIN.test(pin) && toHex(filledBlock(format, pin)) === digits ? pin : null
}

function visMask(masterKey: Uint8Array, currentPin: string | undefined): Uint8Array {
  const mask = concat(new Uint8Array(4), masterKey.subarray(4, 8))
  if (currentPin === undefined) return mask
  checkPin(currentPin)
  return xor(mask, fromHex(currentPin.padEnd(16, '0')))
}

function checkPin(pin: string): void {
  if (!PIN.test(pin)) throw new RangeError('expected a PIN of 4 to 12 decimal digits, got another value')
}
