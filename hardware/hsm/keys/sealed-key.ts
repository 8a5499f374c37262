import type { KeyAlgorithm } from '../hierarchy/algorithms.ts'
import type { KeyUsage } from '../hierarchy/usages.ts'
import type { SealingName } from './sealings.ts'

/** What is known of a working key; nothing in it is secret. */
export interface KeyRecord {
  /** The name that callers use; one key a name. */
  readonly label: string
  readonly usage: KeyUsage
  readonly algorithm: KeyAlgorithm
  /** Whose key it is. */
  readonly owner: string
  /** Counts from 1; a renewed key has the next one. */
  readonly version: number
  /** First and last moment of use, milliseconds since 1970; null: no bound. */
  readonly validFrom: number | null
  readonly validUntil: number | null
  /** Whether it may ever be wrapped for somebody else. */
  readonly exportable: boolean
  /** First 3 bytes, upper-case hex: of CMAC over zeros (AES), of encrypted zeros (TDES; both ANSI X9.24-1), of HMAC over nothing; null for pairs. */
  readonly kcv: string | null
  /** Key pairs: uncompressed point (65 bytes), Ed25519 key (32 bytes) or RSA modulus, whose exponent is 65537; upper-case hex. Null for secret keys. */
  readonly publicKey: string | null
}

/**
 * A working key as it is kept outside of the token. `blob`: the key under the token's storage key, hex, wrapped by `sealing`; empty for a public key
 * alone and for a key that stays in its token, where `objectId` (CKA_ID, hex) finds it. `singleBlob`: MAC keys of two-key TDES only, the left half as L|L|L, with which the token chains single DES. `token`: identifies
 * the storage key. `sealing`: absent in records from when there was "aes-kwp" alone. `seal`: HMAC-SHA256 by the token's seal key over all
 * of it.
 */
export interface SealedKey {
  readonly record: KeyRecord
  readonly blob: string
  readonly singleBlob: string
  readonly objectId: string
  readonly token: string
  readonly sealing?: SealingName
  readonly seal: string
}

/** How the key is wrapped. */
export function sealingOf({ sealing }: Pick<SealedKey, 'sealing'>): SealingName {
  return sealing ?? 'aes-kwp'
}

/** The bytes under a seal: fields in a fixed order, as JSON, which keeps them apart. */
export function sealedBytes(key: Omit<SealedKey, 'seal'>): Buffer {
  const { record, blob, singleBlob, objectId, token, sealing } = key
  const { label, usage, algorithm, owner, version, validFrom, validUntil, exportable, kcv, publicKey } =
    record
  return Buffer.from(
    JSON.stringify([
      [label, usage, algorithm, owner, version, validFrom, validUntil, exportable, kcv, publicKey],
      [blob, singleBlob, objectId, token, ...(sealing === undefined ? [] : [sealing])],
    ]),
  )
}
