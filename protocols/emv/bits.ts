import { toHex } from '../bytes/bytes.ts'

/** What a set bit says, by byte (from 1) and bit (8 is the highest), as the specification counts: `1.8`. */
export type BitNames = ReadonlyMap<string, string>

/** Makes a {@link BitNames} of a table. */
export const names = (...entries: (readonly [string, string])[]): BitNames => new Map(entries)

/**
 * EMV 4.4 Book 3, Annex C5, Terminal Verification Results; the Action Codes have the same bits. Bits 4 to 1 of byte 5 as Book C-2 has them:
 * for contact cards with ECC keys, 4.4 gives bits 3 and 2 to failures of these.
 */
const VERIFICATION = names(
  ['1.8', 'offline data authentication was not performed'],
  ['1.7', 'SDA failed'],
  ['1.6', 'ICC data missing'],
  ['1.5', 'card appears on terminal exception file'],
  ['1.4', 'DDA failed'],
  ['1.3', 'CDA failed'],
  ['1.2', 'SDA selected'],
  ['1.1', 'XDA selected'],
  ['2.8', 'ICC and terminal have different application versions'],
  ['2.7', 'expired application'],
  ['2.6', 'application not yet effective'],
  ['2.5', 'requested service not allowed for card product'],
  ['2.4', 'new card'],
  ['2.2', 'biometric performed and successful'],
  ['2.1', 'biometric template format not supported'],
  ['3.8', 'cardholder verification was not successful'],
  ['3.7', 'unrecognised CVM'],
  ['3.6', 'PIN Try Limit exceeded'],
  ['3.5', 'PIN entry required and PIN pad not present or not working'],
  ['3.4', 'PIN entry required, PIN pad present, but PIN was not entered'],
  ['3.3', 'online PIN entered'],
  ['3.2', 'biometric required and capture device not working'],
  ['3.1', 'biometric required, capture device present, but biometric subtype was bypassed'],
  ['4.8', 'transaction exceeds floor limit'],
  ['4.7', 'lower consecutive offline limit exceeded'],
  ['4.6', 'upper consecutive offline limit exceeded'],
  ['4.5', 'transaction selected randomly for online processing'],
  ['4.4', 'merchant forced transaction online'],
  ['4.3', 'biometric try limit exceeded'],
  ['4.2', 'a selected biometric type not supported'],
  ['4.1', 'XDA signature verification failed'],
  ['5.8', 'default TDOL used'],
  ['5.7', 'issuer authentication failed'],
  ['5.6', 'script processing failed before final GENERATE AC'],
  ['5.5', 'script processing failed after final GENERATE AC'],
  ['5.4', 'relay resistance threshold exceeded'],
  ['5.3', 'relay resistance time limits exceeded'],
  ['5.2', 'relay resistance protocol performed'],
  ['5.1', 'relay resistance protocol not performed'],
)

/** EMV Contactless Book C-2, Annex A: as byte 2 of Terminal Capabilities. */
const CVM_CAPABILITY = names(
  ['1.8', 'plaintext PIN for ICC verification'],
  ['1.7', 'enciphered PIN for online verification'],
  ['1.6', 'signature'],
  ['1.5', 'enciphered PIN for offline verification'],
  ['1.4', 'no CVM required'],
)

/** Data objects made of single bits: EMV 4.4 Book 3, Annex C, Book 4, Annex A; EMV Contactless Books A and C-2; VCPS for 9F6C. */
export const BITS: ReadonlyMap<string, BitNames> = new Map([
  // Book 3, C1, Application Interchange Profile; byte 2: Book C-2, Annex A
  [
    '82',
    names(
      ['1.8', 'XDA supported'],
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
  ['95', VERIFICATION],
  // Book 3, C6, Transaction Status Information
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
  // Book 3, C2, Application Usage Control
  [
    '9F07',
    names(
      ['1.8', 'valid for domestic cash'],
      ['1.7', 'valid for international cash'],
      ['1.6', 'valid for domestic goods'],
      ['1.5', 'valid for international goods'],
      ['1.4', 'valid for domestic services'],
      ['1.3', 'valid for international services'],
      ['1.2', 'valid at ATMs'],
      ['1.1', 'valid at terminals other than ATMs'],
      ['2.8', 'domestic cashback allowed'],
      ['2.7', 'international cashback allowed'],
    ),
  ],
  ['9F0D', VERIFICATION],
  ['9F0E', VERIFICATION],
  ['9F0F', VERIFICATION],
  // Book C-2, Annex A, Terminal Risk Management Data (8 bytes, the last four reserved)
  [
    '9F1D',
    names(
      ['1.8', 'restart supported'],
      ['1.7', 'contactless: enciphered PIN verified online'],
      ['1.6', 'contactless: signature'],
      ['1.5', 'contactless: enciphered PIN verified by the card'],
      ['1.4', 'contactless: no CVM required'],
      ['1.3', 'contactless: on-device CVM'],
      ['1.2', 'contactless: plaintext PIN verified by the card'],
      ['1.1', 'present and hold supported'],
      ['2.8', 'CVM limit exceeded'],
      ['2.7', 'contact: enciphered PIN verified online'],
      ['2.6', 'contact: signature'],
      ['2.5', 'contact: enciphered PIN verified by the card'],
      ['2.4', 'contact: no CVM required'],
      ['2.3', 'contact: on-device CVM'],
      ['2.2', 'contact: plaintext PIN verified by the card'],
      ['3.8', 'contactless mag-stripe mode not supported'],
      ['3.7', 'contactless EMV mode not supported'],
      ['3.6', 'on-device CVM without CDA supported'],
      ['4.8', 'on-device CVM bypass requested'],
      ['4.7', 'exempt from strong customer authentication'],
    ),
  ],
  // Book 4, A2, Terminal Capabilities
  [
    '9F33',
    names(
      ['1.8', 'manual key entry'],
      ['1.7', 'magnetic stripe'],
      ['1.6', 'IC with contacts'],
      ['2.8', 'plaintext PIN for ICC verification'],
      ['2.7', 'enciphered PIN for online verification'],
      ['2.6', 'signature'],
      ['2.5', 'enciphered PIN for offline verification (RSA)'],
      ['2.4', 'no CVM required'],
      ['2.3', 'online biometric'],
      ['2.2', 'offline biometric'],
      ['2.1', 'enciphered PIN for offline verification (ECC)'],
      ['3.8', 'SDA'],
      ['3.7', 'DDA'],
      ['3.6', 'card capture'],
      ['3.4', 'CDA'],
      ['3.3', 'XDA'],
    ),
  ],
  // Book 4, A3, Additional Terminal Capabilities
  [
    '9F40',
    names(
      ['1.8', 'cash'],
      ['1.7', 'goods'],
      ['1.6', 'services'],
      ['1.5', 'cashback'],
      ['1.4', 'inquiry'],
      ['1.3', 'transfer'],
      ['1.2', 'payment'],
      ['1.1', 'administrative'],
      ['2.8', 'cash deposit'],
      ['3.8', 'numeric keys'],
      ['3.7', 'alphabetic and special character keys'],
      ['3.6', 'command keys'],
      ['3.5', 'function keys'],
      ['4.8', 'print or electronic, attendant'],
      ['4.7', 'print or electronic, cardholder'],
      ['4.6', 'display, attendant'],
      ['4.5', 'display, cardholder'],
      ['4.2', 'code table 10'],
      ['4.1', 'code table 9'],
      ['5.8', 'code table 8'],
      ['5.7', 'code table 7'],
      ['5.6', 'code table 6'],
      ['5.5', 'code table 5'],
      ['5.4', 'code table 4'],
      ['5.3', 'code table 3'],
      ['5.2', 'code table 2'],
      ['5.1', 'code table 1'],
    ),
  ],
  // Book A, 5.7, Terminal Transaction Qualifiers
  [
    '9F66',
    names(
      ['1.8', 'mag-stripe mode supported'],
      ['1.6', 'EMV mode supported'],
      ['1.5', 'EMV contact chip supported'],
      ['1.4', 'offline-only reader'],
      ['1.3', 'online PIN supported'],
      ['1.2', 'signature supported'],
      ['1.1', 'offline data authentication for online authorisations supported'],
      ['2.8', 'online cryptogram required'],
      ['2.7', 'CVM required'],
      ['2.6', 'contact chip: offline PIN supported'],
      ['3.8', 'issuer update processing supported'],
      ['3.7', 'consumer device CVM supported'],
      ['4.8', 'fDDA version 1.0 supported'],
    ),
  ],
  // Visa Contactless Payment Specification, Card Transaction Qualifiers (as EMV Contactless Book C-3 reads them)
  [
    '9F6C',
    names(
      ['1.8', 'online PIN required'],
      ['1.7', 'signature required'],
      ['1.6', 'go online if offline data authentication fails and the reader can'],
      ['1.5', 'switch interface if offline data authentication fails and the reader has contacts'],
      ['1.4', 'go online if the application has expired'],
      ['1.3', 'switch interface for cash'],
      ['1.2', 'switch interface for cashback'],
      ['1.1', 'not valid for contactless ATM transactions'],
      ['2.8', 'consumer device CVM performed'],
      ['2.7', 'issuer update processing at the POS supported'],
    ),
  ],
  // Book C-2, Annex A
  ['9F7E', names(['1.2', 'offline PIN required'], ['1.1', 'on-device CVM supported'])],
  ['DF8117', names(['1.8', 'manual key entry'], ['1.7', 'magnetic stripe'], ['1.6', 'IC with contacts'])],
  ['DF8118', CVM_CAPABILITY],
  ['DF8119', CVM_CAPABILITY],
  [
    'DF811B',
    names(
      ['1.8', 'mag-stripe mode not supported'],
      ['1.7', 'EMV mode not supported'],
      ['1.6', 'on-device cardholder verification supported'],
      ['1.5', 'relay resistance protocol supported'],
    ),
  ],
  ['DF811F', names(['1.8', 'SDA'], ['1.7', 'DDA'], ['1.6', 'card capture'], ['1.4', 'CDA'])],
  ['DF8120', VERIFICATION],
  ['DF8121', VERIFICATION],
  ['DF8122', VERIFICATION],
])

// Kernels 2 and 3 give these tags different meanings: only a value of this many bytes is made of the bits above.
const BYTES: ReadonlyMap<string, number> = new Map([['9F66', 4]])
// Kernel 2's Mag-stripe Application Version Number, which kernel 3's qualifiers would leave reserved.
const MAG_STRIPE_VERSION = '0001'

/** The names of the bits that are set, `byte b bit n` for those without one. */
export function bitWords(known: BitNames, value: Uint8Array): string[] {
  return setPlaces(value).map((place) => known.get(place) ?? `byte ${place.replace('.', ' bit ')}`)
}

/** Each bit that is set, with its place: `3.3 online PIN entered`; of a tag that is not made of bits, the places alone. */
export function placedBits(tag: string, value: Uint8Array): string[] {
  return setPlaces(value).map((place) => `${place} ${BITS.get(tag)?.get(place) ?? ''}`.trim())
}

function setPlaces(value: Uint8Array): string[] {
  return [...value].flatMap((byte, index) =>
    [8, 7, 6, 5, 4, 3, 2, 1]
      .filter((bit) => (byte & (1 << (bit - 1))) !== 0)
      .map((bit) => `${index + 1}.${bit}`),
  )
}

/** The names of the bits that are set, `byte b bit n` for those without one; null when the tag is not made of bits. */
export function describeBits(tag: string, value: Uint8Array): string | null {
  const known = BITS.get(tag)
  if (known === undefined || (BYTES.get(tag) ?? value.length) !== value.length) return null
  if (tag === '9F6C' && toHex(value) === MAG_STRIPE_VERSION) return 'mag-stripe application version 1'
  return bitWords(known, value).join(', ') || `none set in ${toHex(value)}`
}
