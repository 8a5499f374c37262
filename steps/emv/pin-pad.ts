import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { decryptEcb, encryptEcb } from '../../protocols/mac/des.ts'
import { xor } from '../../protocols/mac/xor.ts'

/** Key between the PIN pad and the issuer of scenarios: a test value, published here. */
const PIN_KEY = fromHex('0123456789ABCDEFFEDCBA9876543210')
const PAN_DIGITS = 12

/** PIN data for the issuer (tag 99, 8 bytes): an ISO 9564-1 block of format 0 under the PIN pad's key. */
export function encipheredPin(pin: string, pan: string): Uint8Array {
  return encryptEcb(PIN_KEY, format0(pin, pan))
}

/** Whether PIN data are those of this PIN and account. */
export function isPinOf(pinData: Uint8Array, pin: string, pan: string): boolean {
  return toHex(decryptEcb(PIN_KEY, pinData)) === toHex(format0(pin, pan))
}

/** ISO 9564-1, format 0: length, digits and F; the twelve rightmost digits of the PAN without its check digit. */
function format0(pin: string, pan: string): Uint8Array {
  const field = `0${pin.length.toString(16)}${pin}`.padEnd(16, 'F')
  return xor(fromHex(field), fromHex(`0000${pan.slice(0, -1).slice(-PAN_DIGITS).padStart(PAN_DIGITS, '0')}`))
}
