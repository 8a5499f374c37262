import { type BitNames, bitWords, names } from './bits.ts'
import type { FamilyName } from './cryptograms/families.ts'

/** Neighbouring bits that are one number: the byte (from 1), a mask, and its words. */
interface Field {
  byte: number
  mask: number
  words: (value: number) => string
}

/** Card Verification Results of one kind of card. */
interface Cvr {
  fields: readonly Field[]
  bits: BitNames
}

const among =
  (title: string, values: readonly string[]) =>
  (value: number): string =>
    `${title}: ${values[value] ?? 'reserved'}`

const SECOND = among('second GENERATE AC', ['AAC', 'TC', 'not requested'])
const FIRST = among('first GENERATE AC', ['AAC', 'TC', 'ARQC'])

const cryptograms = (byte: number): Field[] => [
  { byte, mask: 0xc0, words: SECOND },
  { byte, mask: 0x30, words: FIRST },
]

/** EMV 4.4 Book 3, Annex C9.3: 5 bytes. */
const CCD: Cvr = {
  fields: [
    ...cryptograms(1),
    { byte: 2, mask: 0xf0, words: (tries) => `PIN tries left: ${tries}` },
    { byte: 4, mask: 0xf0, words: (count) => `issuer script commands processed: ${count}` },
  ],
  bits: names(
    ['1.4', 'CDA performed'],
    ['1.3', 'offline DDA performed'],
    ['1.2', 'issuer authentication not performed'],
    ['1.1', 'issuer authentication failed'],
    ['2.4', 'offline PIN verification performed'],
    ['2.3', 'offline PIN verification performed and not successful'],
    ['2.2', 'PIN try limit exceeded'],
    ['2.1', 'last online transaction not completed'],
    ['3.8', 'lower offline transaction count limit exceeded'],
    ['3.7', 'upper offline transaction count limit exceeded'],
    ['3.6', 'lower cumulative offline amount limit exceeded'],
    ['3.5', 'upper cumulative offline amount limit exceeded'],
    ['3.4', 'issuer-discretionary bit 1'],
    ['3.3', 'issuer-discretionary bit 2'],
    ['3.2', 'issuer-discretionary bit 3'],
    ['3.1', 'issuer-discretionary bit 4'],
    ['4.4', 'issuer script processing failed'],
    ['4.3', 'offline data authentication failed on previous transaction'],
    ['4.2', 'go online on next transaction was set'],
    ['4.1', 'unable to go online'],
  ),
}

/** VIS 1.6, Appendix A; byte 1 is the length, or in format 2 who verified the cardholder how. */
const VISA: Cvr = {
  fields: [
    ...cryptograms(2),
    { byte: 4, mask: 0xf0, words: (count) => `issuer script commands received: ${count}` },
  ],
  bits: names(
    ['2.4', 'issuer authentication performed and failed'],
    ['2.3', 'offline PIN verification performed'],
    ['2.2', 'offline PIN verification failed'],
    ['2.1', 'unable to go online'],
    ['3.8', 'last online transaction not completed'],
    ['3.7', 'PIN try limit exceeded'],
    ['3.6', 'velocity checking counters exceeded'],
    ['3.5', 'new card'],
    ['3.4', 'issuer authentication failed on last online transaction'],
    ['3.3', 'issuer authentication not performed after online authorisation'],
    ['3.2', 'application blocked because the PIN try limit was exceeded'],
    ['3.1', 'SDA failed on last transaction'],
    ['4.4', 'issuer script processing failed'],
    ['4.3', 'DDA failed on last transaction'],
    ['4.2', 'DDA performed'],
    ['4.1', 'PIN verification not received for a card that expects a PIN'],
  ),
}

/** M/Chip 4 and Advance: 6 bytes, as public decoders read them. */
const MCHIP: Cvr = {
  fields: [
    ...cryptograms(1),
    { byte: 3, mask: 0xf0, words: (count) => `script counter: ${count}` },
    { byte: 3, mask: 0x0f, words: (tries) => `PIN tries left: ${tries}` },
  ],
  bits: names(
    ['1.4', 'date check failed'],
    ['1.3', 'offline PIN verification performed'],
    ['1.2', 'offline enciphered PIN verification performed'],
    ['1.1', 'offline PIN verification successful'],
    ['2.8', 'DDA returned'],
    ['2.7', 'CDA returned in first GENERATE AC'],
    ['2.6', 'CDA returned in second GENERATE AC'],
    ['2.5', 'issuer authentication performed'],
    ['2.4', 'default action codes skipped on CAT 3'],
    ['2.3', 'offline change of PIN successful'],
    ['4.8', 'last online transaction not completed'],
    ['4.7', 'unable to go online'],
    ['4.6', 'offline PIN verification not performed'],
    ['4.5', 'offline PIN verification failed'],
    ['4.4', 'PIN try limit exceeded'],
    ['4.3', 'international transaction'],
    ['4.2', 'domestic transaction'],
    ['4.1', 'terminal erroneously considers offline PIN OK'],
    ['5.8', 'lower consecutive offline limit exceeded'],
    ['5.7', 'upper consecutive offline limit exceeded'],
    ['5.6', 'lower cumulative offline limit exceeded'],
    ['5.5', 'upper cumulative offline limit exceeded'],
    ['5.4', 'go online on next transaction was set'],
    ['5.3', 'issuer authentication failed'],
    ['5.2', 'script received'],
    ['5.1', 'script failed'],
    ['6.8', 'lower limit of counter 2 exceeded'],
    ['6.7', 'upper limit of counter 2 exceeded'],
    ['6.6', 'lower limit of accumulator 2 exceeded'],
    ['6.5', 'upper limit of accumulator 2 exceeded'],
    ['6.4', 'maximum transaction amount exceeded'],
    ['6.3', 'number of days offline exceeded'],
    ['6.2', 'match found in additional check table'],
    ['6.1', 'no match found in additional check table'],
  ),
}

/** Interac's is not published. */
const CVRS: Readonly<Record<FamilyName, { cvr: Cvr; lengthFirst?: true } | null>> = {
  'ccd-tdes': { cvr: CCD },
  'ccd-aes': { cvr: CCD },
  'visa-cvn-10': { cvr: VISA, lengthFirst: true },
  'visa-cvn-18': { cvr: VISA, lengthFirst: true },
  'visa-cvn-22': { cvr: VISA },
  'mchip-cvn-16': { cvr: MCHIP },
  'mchip-cvn-17': { cvr: MCHIP },
  'mchip-cvn-20': { cvr: MCHIP },
  'mchip-cvn-21': { cvr: MCHIP },
  'interac-cvn-133': null,
}

/** Card Verification Results (a part of 9F10) of a family in words, numbers first; null when its bits are not published. */
export function describeCvr(family: FamilyName, value: Uint8Array): string[] | null {
  const known = CVRS[family]
  if (known === null) return null
  const rest = Uint8Array.from(value)
  if (known.lengthFirst) rest.fill(0, 0, 1)
  const numbers = known.cvr.fields.map(({ byte, mask, words }) => {
    const all = rest[byte - 1] ?? 0
    rest.fill(all & ~mask, byte - 1, byte)
    return words((all & mask) / (mask & -mask))
  })
  return [...numbers, ...bitWords(known.cvr.bits, rest)]
}
