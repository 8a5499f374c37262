import { cmac } from '@noble/ciphers/aes.js'
import { concat } from '../bytes/bytes.ts'
import { DES_BLOCK, encryptCbc, encryptEcb } from './des.ts'
import { xor } from './xor.ts'

const TDES_REDUCTION = 0x1b

/** AES-CMAC, RFC 4493 and NIST SP 800-38B. `key`: 16, 24 or 32 bytes. 16 bytes. */
export function aesCmac(key: Uint8Array, data: Uint8Array): Uint8Array {
  return cmac(data, key)
}

/** CMAC with triple DES, NIST SP 800-38B. `key`: 16 or 24 bytes. 8 bytes. */
export function tdesCmac(key: Uint8Array, data: Uint8Array): Uint8Array {
  const whole = data.length > 0 && data.length % DES_BLOCK === 0
  const subkey1 = doubled(encryptEcb(key, new Uint8Array(DES_BLOCK)))
  const padded = whole
    ? data
    : concat(data, Uint8Array.of(0x80), new Uint8Array(7 - (data.length % DES_BLOCK)))
  const last = xor(padded.subarray(-DES_BLOCK), whole ? subkey1 : doubled(subkey1))
  return encryptCbc(key, concat(padded.subarray(0, -DES_BLOCK), last)).slice(-DES_BLOCK)
}

/** Times x in GF(2^64). */
function doubled(block: Uint8Array): Uint8Array {
  const shifted = block.map((byte, index) => (byte << 1) | ((block[index + 1] ?? 0) >> 7))
  const carry = (block[0] ?? 0) & 0x80
  return carry === 0 ? shifted : xor(shifted, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, TDES_REDUCTION))
}
