import { fromHex } from '../bytes/bytes.ts'
import { decimalize } from '../mac/decimalize.ts'
import { encryptEcb } from '../mac/des.ts'
import { checkPan, checkPin } from './digits.ts'
import { PinError } from './error.ts'

const PAN_DIGITS = 11
const VALUE_DIGITS = 4

/** What a PIN verification value is computed from, besides the PIN. */
export interface VisaPvv {
  /** The pair of PIN verification keys: 16 bytes. */
  key: Uint8Array
  pan: string
  /** PIN verification key index (PVKI): one decimal digit, which says on the stripe under which pair the value was made. */
  keyIndex: string
}

/**
 * Visa's PIN verification value (PVV), 4 decimal digits: over the 11 right-most digits of the PAN without its check digit, the key index
 * and the first 4 digits of the PIN. Throws a {@link PinError} for a PIN, PAN, index or key that does not fit.
 */
export function visaPvv({ key, pan, keyIndex }: VisaPvv, pin: string): string {
  checkPin(pin)
  checkPan(pan)
  if (pan.length <= PAN_DIGITS)
    throw new PinError('a PAN of 12 digits', `${pan.length}`, 'check the card data')
  if (!/^[0-9]$/.test(keyIndex))
    throw new PinError('a key index of 1 decimal digit', `${keyIndex.length} characters`, 'give 0 to 9')
  if (key.length !== 16)
    throw new PinError('a pair of keys of 16 bytes', `${key.length}`, 'give both halves of the key')
  const account = pan.slice(-PAN_DIGITS - 1, -1)
  const parameter = fromHex(account + keyIndex + pin.slice(0, VALUE_DIGITS))
  return decimalize(encryptEcb(key, parameter)).slice(0, VALUE_DIGITS)
}
