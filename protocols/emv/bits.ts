import { toHex } from '../bytes/bytes.ts'

/** What a set bit says, by byte (from 1) and bit (8 is the highest), as the specification counts. */
type BitNames = ReadonlyMap<string, string>

const names = (...entries: (readonly [string, string])[]): BitNames => new Map(entries)

/** Data objects made of single bits: EMV 4.4 Book 3, Annex C. */
export const BITS: ReadonlyMap<string, BitNames> = new Map([
  // C1, Application Interchange Profile
  [
    '82',
    names(
      ['1.7', 'SDA supported'],
      ['1.6', 'DDA supported'],
      ['1.5', 'cardholder verification supported'],
      ['1.4', 'terminal risk management to be performed'],
      ['1.3', 'issuer authentication supported'],
      ['1.2', 'on-device cardholder verification supported'],
      ['1.1', 'CDA supported'],
      ['2.8', 'EMV mode supported'],
      ['2.1', 'relay resistance protocol supported'],
    ),
  ],
  // C5, Terminal Verification Results
  [
    '95',
    names(
      ['1.8', 'offline data authentication was not performed'],
      ['1.7', 'SDA failed'],
      ['1.6', 'ICC data missing'],
      ['1.5', 'card appears on terminal exception file'],
      ['1.4', 'DDA failed'],
      ['1.3', 'CDA failed'],
      ['1.2', 'SDA selected'],
      ['2.8', 'ICC and terminal have different application versions'],
      ['2.7', 'expired application'],
      ['2.6', 'application not yet effective'],
      ['2.5', 'requested service not allowed for card product'],
      ['2.4', 'new card'],
      ['3.8', 'cardholder verification was not successful'],
      ['3.7', 'unrecognised CVM'],
      ['3.6', 'PIN Try Limit exceeded'],
      ['3.5', 'PIN entry required and PIN pad not present or not working'],
      ['3.4', 'PIN entry required, PIN pad present, but PIN was not entered'],
      ['3.3', 'online PIN entered'],
      ['4.8', 'transaction exceeds floor limit'],
      ['4.7', 'lower consecutive offline limit exceeded'],
      ['4.6', 'upper consecutive offline limit exceeded'],
      ['4.5', 'transaction selected randomly for online processing'],
      ['4.4', 'merchant forced transaction online'],
      ['5.8', 'default TDOL used'],
      ['5.7', 'issuer authentication failed'],
      ['5.6', 'script processing failed before final GENERATE AC'],
      ['5.5', 'script processing failed after final GENERATE AC'],
      ['5.4', 'relay resistance threshold exceeded'],
      ['5.3', 'relay resistance time limits exceeded'],
    ),
  ],
  // C6, Transaction Status Information
  [
    '9B',
    names(
      ['1.8', 'offline data authentication was performed'],
      ['1.7', 'cardholder verification was performed'],
      ['1.6', 'card risk management was performed'],
      ['1.5', 'issuer authentication was performed'],
      ['1.4', 'terminal risk management was performed'],
      ['1.3', 'script processing was performed'],
    ),
  ],
])

/** The names of the bits that are set, `byte b bit n` for those without one; null when the tag is not made of bits. */
export function describeBits(tag: string, value: Uint8Array): string | null {
  const known = BITS.get(tag)
  if (known === undefined) return null
  const set = [...value].flatMap((byte, index) =>
    [8, 7, 6, 5, 4, 3, 2, 1]
      .filter((bit) => (byte & (1 << (bit - 1))) !== 0)
      .map((bit) => known.get(`${index + 1}.${bit}`) ?? `byte ${index + 1} bit ${bit}`),
  )
  return set.join(', ') || `none set in ${toHex(value)}`
}
