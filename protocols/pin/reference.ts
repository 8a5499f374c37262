import { sameMac } from '../mac/compare.ts'
import { type Ibm3624, ibm3624Offset } from './ibm3624.ts'
import { type VisaPvv, visaPvv } from './pvv.ts'

/** How an issuer knows the PIN of an account without keeping it: by a value that only the right PIN gives. */
export type PinReference = ({ method: 'ibm-3624' } & Ibm3624) | ({ method: 'visa-pvv' } & VisaPvv)

export type PinChange = { ok: true; value: string } | { ok: false; reason: 'pin_wrong' }

/** The value to keep for a PIN: its IBM 3624 offset or its PVV, decimal digits. Throws a {@link PinError} when `pin` is none. */
export function pinReferenceValue(reference: PinReference, pin: string): string {
  return reference.method === 'ibm-3624' ? ibm3624Offset(reference, pin) : visaPvv(reference, pin)
}

/** Whether this is the PIN whose value was kept. */
export function isPin(reference: PinReference, value: string, pin: string): boolean {
  return sameMac(Buffer.from(pinReferenceValue(reference, pin)), Buffer.from(value))
}

/** The value to keep from now on, when the current PIN is right. The card's PIN CHANGE command is `emv/cryptograms/script.ts`. */
export function changePin(
  reference: PinReference,
  value: string,
  currentPin: string,
  newPin: string,
): PinChange {
  return isPin(reference, value, currentPin)
    ? { ok: true, value: pinReferenceValue(reference, newPin) }
    : { ok: false, reason: 'pin_wrong' }
}
