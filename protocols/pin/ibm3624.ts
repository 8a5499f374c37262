import { fromHex, toHex } from '../bytes/bytes.ts'
import { encryptEcb } from '../mac/des.ts'
import { checkPan, checkPin } from './digits.ts'
import { PinError } from './error.ts'

const DATA_DIGITS = 16

/** What the natural PIN of an account is computed from. */
export interface Ibm3624 {
  /** PIN verification key (PVK): 16 or 24 bytes. */
  key: Uint8Array
  /** 16 hexadecimal digits that stand for the account, see {@link validationData}. */
  validationData: string
  /** 16 decimal digits: what the hexadecimal digits 0 to F become. */
  decimalizationTable: string
}

/** Part of the PAN as validation data: `length` digits from `offset` on, filled up to 16 at the right with the digit `pad`. */
export function validationData(pan: string, offset: number, length: number, pad: string): string {
  checkPan(pan)
  const digits = pan.slice(offset, offset + length)
  if (digits.length !== length || length < 1 || length > DATA_DIGITS)
    throw new PinError(`${length} digits of the PAN from ${offset} on`, `${digits.length}`, 'choose others')
  return digits.padEnd(DATA_DIGITS, pad)
}

/**
 * The natural PIN: the first `length` digits (4 to 12) that the account's validation data become under the key. Throws a {@link PinError}
 * for malformed data, table or key.
 */
export function naturalPin({ key, validationData: data, decimalizationTable }: Ibm3624, length = 4): string {
  checkForm('16 hexadecimal digits of validation data', /^[0-9A-F]{16}$/i, data)
  checkForm('a decimalization table of 16 decimal digits', /^[0-9]{16}$/, decimalizationTable)
  if (key.length !== 16 && key.length !== 24)
    throw new PinError('a PIN verification key of 16 or 24 bytes', `${key.length}`, 'give a triple DES key')
  const digits = Array.from(toHex(encryptEcb(key, fromHex(data))), (digit) =>
    decimalizationTable.charAt(Number.parseInt(digit, 16)),
  )
  const pin = digits.slice(0, length).join('')
  checkPin(pin)
  return pin
}

/** The offset that an issuer keeps for a PIN of the cardholder's choice: digit by digit, PIN less natural PIN. As long as the PIN. */
export function ibm3624Offset(account: Ibm3624, pin: string): string {
  checkPin(pin)
  return digitwise(pin, naturalPin(account, pin.length), -1)
}

/** The PIN that belongs to an offset: natural PIN plus offset, digit by digit. Throws a {@link PinError} unless it is 4 to 12 digits. */
export function ibm3624Pin(account: Ibm3624, offset: string): string {
  checkForm('an offset of 4 to 12 decimal digits', /^[0-9]{4,12}$/, offset)
  return digitwise(naturalPin(account, offset.length), offset, 1)
}

function digitwise(a: string, b: string, sign: 1 | -1): string {
  return Array.from(a, (digit, index) => (Number(digit) + sign * Number(b.charAt(index)) + 10) % 10).join('')
}

function checkForm(expected: string, form: RegExp, text: string): void {
  if (!form.test(text)) throw new PinError(expected, `${text.length} characters`, 'check the PIN parameters')
}
