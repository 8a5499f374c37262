import { createHash } from 'node:crypto'
import { concat, equal, toHex } from '../../bytes/bytes.ts'
import { isPastDay } from './date.ts'
import { type Checked, failure } from './reasons.ts'
import { type RsaPublicKey, rsaPublicKey } from './rsa.ts'

const SECTION = 'Book 2, 11.2.2'

/** A certification authority public key as a terminal is given it. */
export interface CaKeyEntry {
  /** Registered Application Provider Identifier, 5 bytes. */
  rid: Uint8Array
  /** Tag 8F, 1 byte. */
  index: number
  modulus: Uint8Array
  exponent: Uint8Array
  /** SHA-1 over the other fields, 20 bytes. */
  checksum: Uint8Array
  /** Last day of use, YYMMDD in 3 bytes; null: none. */
  expiry: Uint8Array | null
}

export interface CaKey {
  rid: Uint8Array
  index: number
  key: RsaPublicKey
}

/** Finds the key of a RID and an index on a date (tag 9A, YYMMDD). */
export type CaKeyStore = (rid: Uint8Array, index: number, date: Uint8Array) => Checked<CaKey>

/** SHA-1 over RID, index, modulus and exponent: 20 bytes. EMV 4.4 Book 2, 10.2 and 11.2.2. */
export function caKeyChecksum(entry: Omit<CaKeyEntry, 'checksum' | 'expiry'>): Uint8Array {
  const { rid, index, modulus, exponent } = entry
  const input = concat(rid, Uint8Array.of(index), modulus, exponent)
  return new Uint8Array(createHash('sha1').update(input).digest())
}

/** A store of keys; each is checked against its checksum once, its expiry at every use. A later entry replaces an earlier one. */
export function caKeyStore(entries: readonly CaKeyEntry[]): CaKeyStore {
  const keys = new Map(entries.map((entry) => [nameOf(entry.rid, entry.index), opened(entry)]))
  return (rid, index, date) => {
    const found = keys.get(nameOf(rid, index))
    if (found === undefined) return failure('ca_key_missing', 'Book 2, 5.2')
    if (found.ok && found.expiry !== null && isPastDay(date, found.expiry))
      return failure('ca_key_expired', SECTION)
    return found
  }
}

function opened(entry: CaKeyEntry): Checked<CaKey & { expiry: Uint8Array | null }> {
  if (!equal(caKeyChecksum(entry), entry.checksum)) return failure('ca_key_checksum', SECTION)
  const key = rsaPublicKey(entry.modulus, entry.exponent)
  if (key === null) return failure('key_unusable', 'Book 2, B2.1')
  return { ok: true, rid: entry.rid, index: entry.index, key, expiry: entry.expiry }
}

function nameOf(rid: Uint8Array, index: number): string {
  return `${toHex(rid)}/${index}`
}
