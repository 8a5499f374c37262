import { DES_BLOCK, decryptEcb, encryptCbc, encryptEcb } from './des.ts'
import { type PaddingMethod, pad } from './padding.ts'
import { xor } from './xor.ts'

/** MAC algorithm 1 of ISO/IEC 9797-1 (CBC-MAC) with DES or triple DES. `key`: 8, 16 or 24 bytes. 8 bytes. */
export function macAlgorithm1(key: Uint8Array, data: Uint8Array, padding: PaddingMethod): Uint8Array {
  return encryptCbc(key, pad(padding, data, DES_BLOCK)).slice(-DES_BLOCK)
}

/**
 * MAC algorithm 3 of ISO/IEC 9797-1: CBC under `key1`, the last block then decrypted under `key2` and encrypted under `key1`. Keys of 8
 * bytes (DES, the usual case) or 16 (each step is triple DES). 8 bytes.
 */
export function macAlgorithm3(
  key1: Uint8Array,
  key2: Uint8Array,
  data: Uint8Array,
  padding: PaddingMethod,
): Uint8Array {
  return encryptEcb(key1, decryptEcb(key2, macAlgorithm1(key1, data, padding)))
}

/**
 * Retail MAC: MAC algorithm 3 with the halves of a key of 16 bytes (EMV 4.4 Book 2, A1.2.1). 8 bytes. Throws a RangeError for another
 * key length.
 */
export function retailMac(key: Uint8Array, data: Uint8Array, padding: PaddingMethod): Uint8Array {
  if (key.length !== 16) throw new RangeError(`expected a key of 16 bytes, got ${key.length}`)
  const padded = pad(padding, data, DES_BLOCK)
  const last = padded.subarray(-DES_BLOCK)
  const before = padded.subarray(0, -DES_BLOCK)
  if (before.length === 0) return encryptEcb(key, last)
  const chained = encryptCbc(key.subarray(0, DES_BLOCK), before).subarray(-DES_BLOCK)
  // Encrypt, decrypt, encrypt of the last block is triple DES: one call instead of three.
  return encryptEcb(key, xor(chained, last))
}
