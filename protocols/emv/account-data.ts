import { createHash } from 'node:crypto'
import { concat, equal, toHex } from '../bytes/bytes.ts'
import { encodeTlv, parseTlv, type Tlv, TlvError } from '../tlv/tlv.ts'
import { hasLuhnDigit } from './pan.ts'

/** What a terminal read of an account. */
export interface AccountData {
  /** 13 to 19 digits with a right check digit. */
  pan: string
}

/** Why enciphered account data are refused once they are deciphered: nothing about what was found. */
export type AccountReading = { ok: true; account: AccountData } | { ok: false }

/** Track 2 equivalent data, PAN, expiry, sequence number. */
const TAGS = ['57', '5A', '5F24', '5F34']
const CHECK_BYTES = 8
const PAN = /^[0-9]{13,19}$/

/**
 * The account data that a terminal sends enciphered: the card's data objects 57, 5A, 5F24 and 5F34, as many as it has, then the first
 * 8 bytes of their SHA-256, since CBC by itself does not show that a bit was changed. Null when the card told no PAN.
 */
export function encodeAccountData(values: ReadonlyMap<string, Uint8Array>): Uint8Array | null {
  if (panOf(values) === null) return null
  const objects = TAGS.flatMap((tag) => {
    const value = values.get(tag)
    return value === undefined ? [] : [encodeTlv(tag, value)]
  })
  return concat(...objects, checkOf(concat(...objects)))
}

/** Inverse of {@link encodeAccountData} on data that were deciphered: `padded` ends with the padding of PKCS #7. Never throws. */
export function readAccountData(padded: Uint8Array): AccountReading {
  const data = unpadded(padded)
  const objects = data?.subarray(0, -CHECK_BYTES)
  if (objects === undefined || data === null || !equal(checkOf(objects), data.subarray(-CHECK_BYTES)))
    return { ok: false }
  const pan = panOf(new Map(parsed(objects).map(({ tag, value }) => [tag, value])))
  return pan === null ? { ok: false } : { ok: true, account: { pan } }
}

/** The PAN that a card told in 5A, or in 57; null when there is none, or none that can be one. */
export function panOf(values: ReadonlyMap<string, Uint8Array>): string | null {
  const [plain, track] = [values.get('5A'), values.get('57')]
  const digits = plain === undefined ? toHex(track ?? new Uint8Array()).split('D')[0] : toHex(plain)
  const pan = (digits ?? '').replace(/F+$/, '')
  return PAN.test(pan) && hasLuhnDigit(pan) ? pan : null
}

function checkOf(objects: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(objects).digest()).subarray(0, CHECK_BYTES)
}

function unpadded(padded: Uint8Array): Uint8Array | null {
  const length = padded.at(-1) ?? 0
  const padding = padded.subarray(-length)
  const sound = length > 0 && padding.length === length && padding.every((byte) => byte === length)
  return sound && padded.length - length > CHECK_BYTES ? padded.subarray(0, -length) : null
}

function parsed(objects: Uint8Array): Tlv[] {
  try {
    return parseTlv(objects)
  } catch (error) {
    if (error instanceof TlvError) return []
    throw error
  }
}
