import { aesCmac } from './cmac.ts'
import { DES_BLOCK, encryptEcb } from './des.ts'

/** Key check value of a DES or triple-DES key: the left bytes of 8 zero bytes encrypted (ANSI X9.24-1). `length`: bytes, 3 is usual. */
export function tdesKcv(key: Uint8Array, length = 3): Uint8Array {
  return encryptEcb(key, new Uint8Array(DES_BLOCK)).slice(0, length)
}

/** Key check value of an AES key: the left bytes of AES-CMAC over 16 zero bytes (ANSI X9.24-1:2017, Annex A). `length`: bytes, 5 or 3. */
export function aesKcv(key: Uint8Array, length = 5): Uint8Array {
  return aesCmac(key, new Uint8Array(16)).slice(0, length)
}
