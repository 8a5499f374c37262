import { createHash } from 'node:crypto'
import { concat, equal } from '../../bytes/bytes.ts'
import { type Checked, failure } from './reasons.ts'
import { type RsaPrivateKey, type RsaPublicKey, rsaRecover, rsaSign } from './rsa.ts'

const HEADER = 0x6a
const TRAILER = 0xbc
const HASH_BYTES = 20
/** Header, hash and trailer. */
const FRAME_BYTES = 1 + HASH_BYTES + 1

/** The one hash algorithm indicator there is: SHA-1 (EMV 4.4 Book 2, B3.1). */
export const SHA_1 = 0x01

/** What of signed data stands between header and hash, and the hash. Nothing of it is proved yet. */
export interface RecoveredData {
  /** From the format byte to before the hash. */
  content: Uint8Array
  hash: Uint8Array
  /** The whole block, from 6A to BC. */
  block: Uint8Array
}

/** How many bytes of content, its format byte included, a signer of `length` bytes has room for. */
export function contentRoom(length: number): number {
  return length - FRAME_BYTES
}

/**
 * Signs with message recovery, EMV 4.4 Book 2, A2.1.2: 6A, content, SHA-1 over content and `more`, BC. Throws a RangeError unless the
 * content fills the room of the key.
 */
export function signData(key: RsaPrivateKey, content: Uint8Array, more: Uint8Array): Uint8Array {
  const block = concat(Uint8Array.of(HEADER), content, sha1(content, more), Uint8Array.of(TRAILER))
  return rsaSign(key, block)
}

/** Opens what {@link signData} made, up to its form: length, trailer, header, format. `section` is for the failure. */
export function recoverData(
  key: RsaPublicKey,
  signed: Uint8Array,
  format: number,
  section: string,
): Checked<RecoveredData> {
  if (signed.length !== key.modulus.length || signed.length < FRAME_BYTES + 1)
    return failure('length_wrong', section)
  const block = rsaRecover(key, signed)
  if (block?.at(-1) !== TRAILER) return failure('trailer_wrong', section)
  if (block[0] !== HEADER) return failure('header_wrong', section)
  if (block[1] !== format) return failure('format_wrong', section)
  return { ok: true, content: block.slice(1, -HASH_BYTES - 1), hash: block.slice(-HASH_BYTES - 1, -1), block }
}

/** Whether the recovered hash is that of the recovered content and `more`. */
export function hashFits(recovered: RecoveredData, more: Uint8Array): boolean {
  return equal(sha1(recovered.content, more), recovered.hash)
}

function sha1(...parts: Uint8Array[]): Uint8Array {
  return createHash('sha1')
    .update(concat(...parts))
    .digest()
}
