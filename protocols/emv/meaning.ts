import { toHex } from '../bytes/bytes.ts'
import { AID } from '../interledger/application.ts'
import { parseAfl } from './afl.ts'
import { describeBits } from './bits.ts'
import { currencyByNumeric } from './currency.ts'
import { fromBcd, fromEmvDateTime } from './numeric.ts'
import { tagFormat } from './tags.ts'

type Reader = (value: Uint8Array) => string | null

const CRYPTOGRAM_TYPES: Readonly<Record<number, string>> = { 0: 'AAC', 1: 'TC', 2: 'ARQC' }
const TRANSACTION_TYPES: Readonly<Record<string, string>> = {
  '00': 'purchase',
  '01': 'cash',
  '09': 'purchase with cashback',
  '20': 'refund',
  '30': 'balance inquiry',
}

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['4F', name],
  ['5F24', date],
  ['5F25', date],
  ['5F2A', currency],
  ['84', name],
  ['94', afl],
  ['9A', date],
  ['9C', (value) => TRANSACTION_TYPES[toHex(value)] ?? null],
  ['9F06', name],
  ['9F13', count],
  ['9F17', count],
  ['9F21', time],
  ['9F27', cryptogramInformation],
  ['9F36', count],
  ['9F42', currency],
])

/**
 * A value in words: text, numbers, dates, currencies, files, set bits; null when the tag has none or the value is not what its tag
 * says. Throws `AflError` or `NumericError` for bytes that break their format.
 */
export function meaningOf(tag: string, value: Uint8Array): string | null {
  const reader = READERS.get(tag)
  if (reader !== undefined) return reader(value)
  return describeBits(tag, value) ?? (tagFormat(tag) === 'n' ? fromBcd(value).toString() : textOf(tag, value))
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
