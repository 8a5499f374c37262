import { toHex } from '../bytes/bytes.ts'
import { AID } from '../interledger/application.ts'
import { parseAfl } from './afl.ts'
import { bitWords, describeBits, names } from './bits.ts'
import { CODES } from './codes.ts'
import { countryByAlpha2, countryByNumeric } from './country.ts'
import { currencyByNumeric } from './currency.ts'
import { describeCvmResults, describeCvmRule, parseCvmList } from './cvm.ts'
import { iadParts, type Part } from './iad-words.ts'
import { languagesOf } from './language.ts'
import { fromBcd, fromEmvDateTime } from './numeric.ts'
import { describeServiceCode } from './service-code.ts'
import { tagFormat } from './tags.ts'

type Reader = (value: Uint8Array) => string | null

const CRYPTOGRAM_TYPES: Readonly<Record<number, string>> = { 0: 'AAC', 1: 'TC', 2: 'ARQC' }

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['4F', name],
  ['57', track2],
  ['5F24', date],
  ['5F25', date],
  ['5F28', country],
  ['5F2A', currency],
  ['5F2D', (value) => languagesOf(ascii(value) ?? '')],
  ['5F30', (value) => describeServiceCode(toHex(value).slice(1))],
  ['5F55', (value) => countryByAlpha2(ascii(value) ?? '')],
  ['84', name],
  ['87', priority],
  ['8A', (value) => CODES.get('8A')?.[ascii(value) ?? ''] ?? ascii(value)],
  ['8E', cvmList],
  ['94', afl],
  ['9A', date],
  ['9F06', name],
  ['9F10', (value) => iadParts(value)?.title ?? null],
  ['9F13', count],
  ['9F14', count],
  ['9F17', count],
  ['9F1A', country],
  ['9F21', time],
  ['9F23', count],
  ['9F27', cryptogramInformation],
  ['9F34', describeCvmResults],
  ['9F36', count],
  ['9F42', currency],
  ['9F4D', logEntry],
  ['9F5D', capabilities],
  ['9F6B', track2],
  ['9F6E', formFactor],
])

/**
 * A value in words: text, numbers, dates, currencies, files, set bits; null when the tag has none or the value is not what its tag
 * says. Throws `AflError` or `NumericError` for bytes that break their format.
 */
export function meaningOf(tag: string, value: Uint8Array): string | null {
  const reader = READERS.get(tag)
  if (reader !== undefined) return reader(value)
  const code = CODES.get(tag)?.[toHex(value)]
  if (code !== undefined) return code
  if (CODES.has(tag)) return null
  return describeBits(tag, value) ?? (tagFormat(tag) === 'n' ? fromBcd(value).toString() : textOf(tag, value))
}

/** What a value is made of where that takes more than a line: rules of a CVM List, fields of Issuer Application Data. */
export function partsOf(tag: string, value: Uint8Array): Part[] {
  return PARTS.get(tag)?.(value) ?? []
}

const PARTS: ReadonlyMap<string, (value: Uint8Array) => Part[]> = new Map([
  ['8E', cvmRules],
  ['9F10', (value: Uint8Array) => iadParts(value)?.parts ?? []],
])

function cvmRules(value: Uint8Array): Part[] {
  return parseCvmList(value).rules.map((rule, index) => ({
    name: `rule ${index + 1}`,
    value: value.subarray(8 + 2 * index, 10 + 2 * index),
    meaning: describeCvmRule(rule),
  }))
}

function cvmList(value: Uint8Array): string {
  const { x, y, rules } = parseCvmList(value)
  return `X ${x}, Y ${y}, ${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}`
}

function textOf(tag: string, value: Uint8Array): string | null {
  return ['a', 'an', 'ans'].includes(tagFormat(tag)) ? ascii(value) : null
}

function ascii(value: Uint8Array): string | null {
  const text = Buffer.from(value).toString('latin1').replace(/\0+$/, '')
  return /^[\x20-\x7e]+$/.test(text) ? text : null
}

function name(value: Uint8Array): string | null {
  return toHex(value) === toHex(AID) ? 'Interledger' : ascii(value)
}

function count(value: Uint8Array): string {
  return String(value.reduce((sum, byte) => sum * 256 + byte, 0))
}

function currency(value: Uint8Array): string | null {
  return currencyByNumeric(toHex(value))?.code ?? null
}

function country(value: Uint8Array): string | null {
  return countryByNumeric(toHex(value))
}

/** EMV 4.4 Book 1, 12.2.3. */
function priority([byte = 0]: Uint8Array): string {
  const place = byte & 0x0f
  const words = place === 0 ? 'no priority' : `priority ${place}`
  return (byte & 0x80) === 0 ? words : `${words}, only with confirmation by the cardholder`
}

/** PAN, D, expiry YYMM, service code: ISO/IEC 7813. The account number and what the issuer adds are not for words. */
function track2(value: Uint8Array): string | null {
  const [, year, month, service = ''] = /^\d{1,19}D(\d\d)(\d\d)(\d{3})/.exec(toHex(value)) ?? []
  if (year === undefined) return null
  return `expires 20${year}-${month}, service code ${service} (${describeServiceCode(service)})`
}

/** EMV 4.4 Book 3, Annex D2. */
function logEntry([sfi = 0, records = 0]: Uint8Array): string {
  return `log in SFI ${sfi}, ${records} records`
}

/** EMV Contactless Book C-2, Annex A: two version numbers, single bits, data storage. */
function capabilities(value: Uint8Array): string | null {
  const [versions, bits, scheme] = value
  if (value.length !== 3 || versions === undefined || bits === undefined || scheme === undefined) return null
  const set = bitWords(CAPABILITIES, Uint8Array.of(bits))
  const storage = (versions & 0x0f) === 0 ? 'no data storage' : `data storage version ${versions & 0x0f}`
  return [`version ${versions >> 4}`, storage, ...set].join(', ')
}

const CAPABILITIES = names(
  ['1.3', 'CDA over TC, ARQC and AAC'],
  ['1.2', 'field off detection supported'],
  ['1.1', 'balance reading supported'],
)

const FORM_FACTORS: Readonly<Record<number, string>> = {
  0: 'card',
  1: 'mini card',
  2: 'not a card',
  3: 'mobile phone',
  4: 'worn on the wrist',
}

/** Visa's Form Factor Indicator has 4 bytes, kernel 2's Third Party Data at least 5 and begins with a country. */
function formFactor(value: Uint8Array): string | null {
  const [first = 0] = value
  if (value.length === 4) return `form factor: ${FORM_FACTORS[first & 0x1f] ?? 'unknown'}`
  if (value.length < 5) return null
  return `third party data, ${country(value.subarray(0, 2)) ?? 'unknown country'}`
}

function date(value: Uint8Array): string {
  return new Date(fromEmvDateTime(value)).toISOString().slice(0, 10)
}

function time(value: Uint8Array): string {
  return new Date(fromEmvDateTime(Uint8Array.of(0x70, 0x01, 0x01), value)).toISOString().slice(11, 19)
}

function afl(value: Uint8Array): string {
  return parseAfl(value)
    .map(({ sfi, first, last, offline }) => {
      const records = first === last ? `record ${first}` : `records ${first} to ${last}`
      return `SFI ${sfi} ${records}${offline === 0 ? '' : `, ${offline} signed`}`
    })
    .join('; ')
}

/** EMV 4.4 Book 3, 6.5.5.4, Table 15; C1 is the Interledger card's ECDSA cryptogram. */
function cryptogramInformation(value: Uint8Array): string | null {
  const [byte = 0] = value
  return byte === 0xc1 ? 'Interledger ECDSA cryptogram' : (CRYPTOGRAM_TYPES[byte >> 6] ?? null)
}
