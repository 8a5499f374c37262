import { asciiPadded, fromHex, toHex } from '../bytes/bytes.ts'
import { fromBcd, NumericError, toBcd } from '../emv/numeric.ts'
import { tagName } from '../emv/tags.ts'
import { buildDol } from '../tlv/dol.ts'
import { encodeTlv, parseTlv, type Tlv, TlvError } from '../tlv/tlv.ts'
import { ADDRESS_BYTES, CDOL1, CRYPTOGRAM_BYTES } from './application.ts'

/** What a terminal puts into the payload of a payment request: what the card signed, and its answer. */
export interface PayloadFields {
  /** Cryptogram Information Data: 0x80 (AES) or 0xC1 (ECDSA). */
  cid: number
  /** Application transaction counter, 2 bytes. */
  atc: Uint8Array
  /** Application cryptogram: 8 bytes (AES) or 72 bytes (ECDSA). */
  cryptogram: Uint8Array
  /** In the smallest unit of the currency, at most 12 digits. */
  amount: bigint
  /** ISO 4217 numeric code in four digits: `0978`. */
  currency: string
  /** Decimal places of the currency, 0 to 99. */
  exponent: number
  /** YYMMDD, 3 bytes as signed; whether it exists in the calendar is the issuer's judgement. */
  date: Uint8Array
  /** HHMMSS, 3 bytes as signed. */
  time: Uint8Array
  /** 4 bytes. */
  unpredictableNumber: Uint8Array
  /** Payment pointer of the merchant, at most 64 characters. */
  receiver: string
  /** Payment pointer of the card, at most 64 characters. */
  sender: string
}

/** A payload as read: its fields, and the data that the cryptogram was made over. */
export interface InterledgerPayload extends PayloadFields {
  /** The values of CDOL1 one after the other, 149 bytes. */
  cdol1Data: Uint8Array
  /** 99, an enciphered PIN block of 8 or 16 bytes; null without online PIN. The card signs nothing of it. */
  pinData: Uint8Array | null
}

/** Bytes that are no payload of the Interledger card profile; the message names the tag, never a value. */
export class PayloadError extends Error {
  override name = 'PayloadError'
  /** The data object that is wrong or missing; null when the whole cannot be read. */
  readonly tag: string | null
  constructor(message: string, tag: string | null, options?: ErrorOptions) {
    super(message, options)
    this.tag = tag
  }
}

const TEMPLATE = '77'
const PIN_DATA = '99'
/** Bytes of a PIN block of triple DES and of AES (ISO 9564-1:2017, 9.3 and 9.4). */
const PIN_DATA_BYTES = [8, 16]
const ORDER = ['9F27', '9F36', '9F26', '9F02', '5F2A', '5F36', '9A', '9F21', '9F37', 'DF01', 'DF02']

const LENGTHS: ReadonlyMap<string, number> = new Map([
  ['9F27', 1],
  ...CDOL1.map(({ tag, length }) => [tag, length] as const),
])

/** Template 77 with the data objects of a payment request, in their order. Throws a RangeError for a field that does not fit its tag. */
export function buildPayload(fields: PayloadFields): Uint8Array {
  const values = valuesOf(fields)
  return encodeTlv(
    TEMPLATE,
    ORDER.map((tag) => encodeTlv(tag, values.get(tag) ?? new Uint8Array())),
  )
}

/** The 149 bytes that the card signs for these fields. Throws a RangeError for a field that does not fit its tag. */
export function cdol1DataOf(fields: Omit<PayloadFields, 'cid' | 'cryptogram'>): Uint8Array {
  const values = valuesOf({ ...fields, cid: 0, cryptogram: new Uint8Array() })
  return buildDol(CDOL1, (tag) => values.get(tag))
}

/** The payload with an enciphered PIN block (tag 99) at its end: the values that the card signed stay as they are. Throws {@link PayloadError}. */
export function withPinData(payload: Uint8Array, pinData: Uint8Array): Uint8Array {
  const children = templateOf(payload).map(({ tag, value }) => encodeTlv(tag, value))
  return encodeTlv(TEMPLATE, [...children, encodeTlv(PIN_DATA, pinData)])
}

/** A payload in hexadecimal as it may be written down: `*` for every digit of its PIN block. What is no payload comes back as it is. */
export function redactPayload(hex: string): string {
  if (!/99(08|10)/.test(hex)) return hex
  try {
    const bytes = fromHex(hex)
    const found = templateOf(bytes).find(({ tag }) => tag === PIN_DATA)
    if (found === undefined) return hex
    const start = (found.value.byteOffset - bytes.byteOffset) * 2
    return `${hex.slice(0, start)}${'*'.repeat(found.value.length * 2)}${hex.slice(start + found.value.length * 2)}`
  } catch (error) {
    if (error instanceof PayloadError || error instanceof TypeError) return hex
    throw error
  }
}

/**
 * Reads a payload strictly: one template 77 and nothing after it, every data object once and in its full length, decimal digits where
 * the format is n, addresses that are payment pointers in printable ASCII. Further data objects (counter 9F17, …) and any order are
 * taken. Throws {@link PayloadError}.
 */
export function parsePayload(bytes: Uint8Array): InterledgerPayload {
  const values = collect(templateOf(bytes))
  const cid = value(values, '9F27')[0] ?? 0
  return {
    cid,
    atc: value(values, '9F36'),
    cryptogram: cryptogramOf(values, cid),
    amount: numeric(values, '9F02'),
    currency: numeric(values, '5F2A').toString().padStart(4, '0'),
    exponent: Number(numeric(values, '5F36')),
    date: digits(values, '9A'),
    time: digits(values, '9F21'),
    unpredictableNumber: value(values, '9F37'),
    receiver: pointer(values, 'DF01'),
    sender: pointer(values, 'DF02'),
    cdol1Data: buildDol(CDOL1, (tag) => values.get(tag)),
    pinData: pinDataOf(values),
  }
}

function pinDataOf(values: ReadonlyMap<string, Uint8Array>): Uint8Array | null {
  const found = values.get(PIN_DATA) ?? null
  if (found === null || PIN_DATA_BYTES.includes(found.length)) return found
  throw new PayloadError(
    `expected ${PIN_DATA_BYTES.join(' or ')} bytes in ${label(PIN_DATA)}, got ${found.length}`,
    PIN_DATA,
  )
}

function valuesOf(fields: PayloadFields): Map<string, Uint8Array> {
  const values = new Map([
    ['9F27', Uint8Array.of(fields.cid)],
    ['9F36', fields.atc],
    ['9F26', fields.cryptogram],
    ['9F02', toBcd(fields.amount, 6)],
    ['5F2A', fromHex(fields.currency)],
    ['5F36', toBcd(fields.exponent, 1)],
    ['9A', fields.date],
    ['9F21', fields.time],
    ['9F37', fields.unpredictableNumber],
    ['DF01', asciiPadded(fields.receiver, ADDRESS_BYTES)],
    ['DF02', asciiPadded(fields.sender, ADDRESS_BYTES)],
  ])
  for (const [tag, length] of LENGTHS) {
    const came = values.get(tag)?.length
    if (came !== length) throw new RangeError(`expected ${length} bytes for ${label(tag)}, got ${came}`)
  }
  return values
}

function templateOf(bytes: Uint8Array): Tlv[] {
  const tlvs = parse(bytes)
  const [template] = tlvs
  if (template?.tag !== TEMPLATE || template.children === undefined || tlvs.length !== 1)
    throw new PayloadError(
      `expected one template ${TEMPLATE} and nothing else, got ${tlvs.map(({ tag }) => tag).join(' ') || 'nothing'}`,
      TEMPLATE,
    )
  return template.children
}

function parse(bytes: Uint8Array): Tlv[] {
  try {
    return parseTlv(bytes)
  } catch (error) {
    if (error instanceof TlvError) throw new PayloadError(error.message, null, { cause: error })
    throw error
  }
}

function collect(tlvs: readonly Tlv[]): Map<string, Uint8Array> {
  const values = new Map<string, Uint8Array>()
  for (const { tag, value } of tlvs) {
    // Two values of one tag: one could be signed and the other shown.
    if (values.has(tag)) throw new PayloadError(`expected ${label(tag)} once, got it twice`, tag)
    values.set(tag, value)
  }
  return values
}

function value(values: ReadonlyMap<string, Uint8Array>, tag: string, length = LENGTHS.get(tag)): Uint8Array {
  const found = values.get(tag)
  if (found === undefined) throw new PayloadError(`expected ${label(tag)}, got none`, tag)
  if (found.length !== length)
    throw new PayloadError(`expected ${length} bytes in ${label(tag)}, got ${found.length}`, tag)
  return found
}

function cryptogramOf(values: ReadonlyMap<string, Uint8Array>, cid: number): Uint8Array {
  const length = CRYPTOGRAM_BYTES[cid]
  if (length === undefined)
    throw new PayloadError(`expected 80 or C1 in ${label('9F27')}, got ${toHex(Uint8Array.of(cid))}`, '9F27')
  return value(values, '9F26', length)
}

function numeric(values: ReadonlyMap<string, Uint8Array>, tag: string): bigint {
  const bytes = value(values, tag)
  try {
    return fromBcd(bytes)
  } catch (error) {
    if (error instanceof NumericError)
      throw new PayloadError(`${label(tag)}: ${error.message}`, tag, { cause: error })
    throw error
  }
}

function digits(values: ReadonlyMap<string, Uint8Array>, tag: string): Uint8Array {
  numeric(values, tag)
  return value(values, tag)
}

function pointer(values: ReadonlyMap<string, Uint8Array>, tag: string): string {
  const text = Buffer.from(value(values, tag)).toString('latin1').replace(/\0+$/, '')
  if (!/^\$[\x21-\x7e]+$/.test(text))
    throw new PayloadError(
      `expected a payment pointer in printable ASCII in ${label(tag)}, got other text`,
      tag,
    )
  return text
}

function label(tag: string): string {
  return `${tag} (${tagName(tag)})`
}
