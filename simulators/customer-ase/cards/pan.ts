import { luhnDigit } from '../../../protocols/emv/pan.ts'

// ISO/IEC 7812-1: a major industry identifier of 9 is for national use, so that no network routes these.
const TEST_IIN = '99999901'
const ACCOUNT_DIGITS = 7

/** A PAN of 16 digits under the test IIN 9999 9901, Luhn digit included. */
export function testPan(random: (length: number) => Uint8Array): string {
  const number = Buffer.from(random(6)).readUIntBE(0, 6) % 10 ** ACCOUNT_DIGITS
  const payload = TEST_IIN + String(number).padStart(ACCOUNT_DIGITS, '0')
  return payload + luhnDigit(payload)
}
