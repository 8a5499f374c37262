import { PinError } from './error.ts'

/** Throws a {@link PinError} unless `pin` is 4 to 12 decimal digits (ISO 9564-1:2017, 8.1). */
export function checkPin(pin: string): void {
  if (!/^[0-9]{4,12}$/.test(pin))
    throw new PinError(
      'a PIN of 4 to 12 decimal digits',
      'another value',
      'check what the cardholder entered',
    )
}

/** Throws a {@link PinError} unless `pan` is 1 to 19 decimal digits. */
export function checkPan(pan: string): void {
  if (!isPan(pan))
    throw new PinError('a PAN of 1 to 19 decimal digits', `${pan.length} characters`, 'check the card data')
}

/** Whether this can be a primary account number. */
export function isPan(pan: string): boolean {
  return /^[0-9]{1,19}$/.test(pan)
}
