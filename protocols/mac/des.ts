import { createCipheriv, createDecipheriv } from 'node:crypto'
import { concat } from '../bytes/bytes.ts'

/** Bytes of a DES block. */
export const DES_BLOCK = 8

const ZERO_IV = new Uint8Array(DES_BLOCK)

/**
 * DES (key of 8 bytes), two-key (16) or three-key (24) triple DES in ECB mode, no padding; ISO/IEC 18033-3. Throws a RangeError when
 * the key has another length or the data is no whole number of blocks of 8 bytes.
 */
export function encryptEcb(key: Uint8Array, data: Uint8Array): Uint8Array {
  return encrypt('des-ede3', key, null, data)
}

/** Inverse of {@link encryptEcb}. */
export function decryptEcb(key: Uint8Array, data: Uint8Array): Uint8Array {
  return decrypt('des-ede3', key, null, data)
}

/** As {@link encryptEcb}, in CBC mode; `iv`: 8 bytes, zeros by default. */
export function encryptCbc(key: Uint8Array, data: Uint8Array, iv: Uint8Array = ZERO_IV): Uint8Array {
  return encrypt('des-ede3-cbc', key, iv, data)
}

/** Inverse of {@link encryptCbc}. */
export function decryptCbc(key: Uint8Array, data: Uint8Array, iv: Uint8Array = ZERO_IV): Uint8Array {
  return decrypt('des-ede3-cbc', key, iv, data)
}

function encrypt(cipher: string, key: Uint8Array, iv: Uint8Array | null, data: Uint8Array): Uint8Array {
  checkBlocks(data)
  return new Uint8Array(createCipheriv(cipher, tripleKey(key), iv).update(data))
}

function decrypt(cipher: string, key: Uint8Array, iv: Uint8Array | null, data: Uint8Array): Uint8Array {
  checkBlocks(data)
  return new Uint8Array(createDecipheriv(cipher, tripleKey(key), iv).setAutoPadding(false).update(data))
}

// OpenSSL 3 keeps single DES in its legacy provider; three equal keys are single DES.
function tripleKey(key: Uint8Array): Uint8Array {
  const left = key.subarray(0, DES_BLOCK)
  switch (key.length) {
    case 8:
      return concat(left, left, left)
    case 16:
      return concat(key, left)
    case 24:
      return key
    default:
      throw new RangeError(`expected a DES key of 8, 16 or 24 bytes, got ${key.length}`)
  }
}

function checkBlocks(data: Uint8Array): void {
  if (data.length % DES_BLOCK !== 0)
    throw new RangeError(`expected whole blocks of ${DES_BLOCK} bytes, got ${data.length} bytes`)
}
