import { cbc, ecb } from '@noble/ciphers/aes.js'

/** Bytes of an AES block. */
export const AES_BLOCK = 16

const BARE = { disablePadding: true }

/** AES in ECB mode, no padding. `key`: 16, 24 or 32 bytes; `data`: whole blocks. */
export function aesEcb(key: Uint8Array, data: Uint8Array): Uint8Array {
  return ecb(key, BARE).encrypt(data)
}

/** AES in CBC mode with an IV of zeros, no padding. `data`: whole blocks. */
export function encryptAesCbc(key: Uint8Array, data: Uint8Array): Uint8Array {
  return cbc(key, new Uint8Array(AES_BLOCK), BARE).encrypt(data)
}

/** Inverse of {@link encryptAesCbc}. */
export function decryptAesCbc(key: Uint8Array, data: Uint8Array): Uint8Array {
  return cbc(key, new Uint8Array(AES_BLOCK), BARE).decrypt(data)
}
