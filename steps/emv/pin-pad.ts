import { fromHex } from '../../protocols/bytes/bytes.ts'
import { decipherPin, encipherPin } from '../../protocols/pin/encipher.ts'

/** Key between the PIN pad and the issuer of scenarios: a test value, published here. */
const PIN_KEY = fromHex('0123456789ABCDEFFEDCBA9876543210')

/** PIN data for the issuer (tag 99, 8 bytes): an ISO 9564-1 block of format 0 under the PIN pad's key. */
export function encipheredPin(pin: string, pan: string): Uint8Array {
  return encipherPin({ format: 0, key: PIN_KEY, pan }, pin, noRandom)
}

/** Whether PIN data are those of this PIN and account. */
export function isPinOf(pinData: Uint8Array, pin: string, pan: string): boolean {
  const read = decipherPin({ format: 0, key: PIN_KEY, pan }, pinData)
  return read.ok && read.pin === pin
}

// A block of format 0 has no filler that anybody draws.
function noRandom(): never {
  throw new Error('expected no random bytes to be drawn for a PIN block of format 0')
}
