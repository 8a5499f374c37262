import { fromHex } from '../bytes/bytes.ts'
import { checkPan } from './digits.ts'
import type { PinFormat } from './formats.ts'

const ACCOUNT_DIGITS = 12

/** The 12 right-most digits of the PAN without its check digit (ISO 9564-1:2017, 9.3.2.3). */
function accountNumberField(pan: string): string {
  return pan.slice(0, -1).slice(-ACCOUNT_DIGITS).padStart(16, '0')
}

/** How many digits the PAN has over 12, the PAN (filled up to 12 at the left), zeros (ISO 9564-1:2017, 9.4.2.2.3). */
function fullPanField(pan: string): string {
  const excess = Math.max(0, pan.length - ACCOUNT_DIGITS)
  return `${excess}${pan.padStart(ACCOUNT_DIGITS, '0')}`.padEnd(32, '0')
}

const FIELDS: Record<PinFormat, (pan: string) => string> = {
  0: accountNumberField,
  1: () => '0'.repeat(16),
  2: () => '0'.repeat(16),
  3: accountNumberField,
  4: fullPanField,
}

/** What is exclusive-ored with the PIN field: 8 bytes, format 4: 16. Throws a {@link PinError} unless `pan` is 1 to 19 digits. */
export function panField(format: PinFormat, pan: string): Uint8Array {
  checkPan(pan)
  return fromHex(FIELDS[format](pan))
}
