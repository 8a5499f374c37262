import { fromHex } from '../bytes/bytes.ts'
import { decimalize } from '../mac/decimalize.ts'
import { DES_BLOCK, encryptEcb } from '../mac/des.ts'
import { xor } from '../mac/xor.ts'

const INPUT_DIGITS = 32
const VALUE_DIGITS = 3

/**
 * Card verification value (CVV, CVV2, iCVV, CVC): 3 decimal digits. `key`: the pair CVK A and B, 16 bytes; `expiry`: 4 digits in the order
 * that the value asks for; `serviceCode`: 3 digits. Throws a RangeError when a value is not made of decimal digits or they are too many.
 */
export function cardVerificationValue(
  key: Uint8Array,
  data: { pan: string; expiry: string; serviceCode: string },
): string {
  const blocks = cvvBlocks(data)
  const first = encryptEcb(key.subarray(0, DES_BLOCK), blocks.subarray(0, DES_BLOCK))
  return cvvDigits(encryptEcb(key, xor(first, blocks.subarray(DES_BLOCK))))
}

/**
 * The two blocks, 16 bytes, of which {@link cardVerificationValue} makes a retail MAC (ISO/IEC 9797-1, algorithm 3 without padding): for
 * keys that do not leave their token. Throws as that.
 */
export function cvvBlocks(data: { pan: string; expiry: string; serviceCode: string }): Uint8Array {
  const digits = data.pan + data.expiry + data.serviceCode
  if (!/^[0-9]+$/.test(digits) || digits.length > INPUT_DIGITS)
    throw new RangeError(`expected at most ${INPUT_DIGITS} decimal digits, got ${digits.length} characters`)
  return fromHex(digits.padEnd(INPUT_DIGITS, '0'))
}

/** The value that the MAC of {@link cvvBlocks} gives. */
export function cvvDigits(mac: Uint8Array): string {
  return decimalize(mac).slice(0, VALUE_DIGITS)
}
