import { createCipheriv, createSecretKey, type KeyObject } from 'node:crypto'
import { concat } from '../bytes/bytes.ts'
import { DES_BLOCK, encryptCbc, encryptEcb } from './des.ts'
import { xor } from './xor.ts'

/** What CMAC needs of a block cipher: its encryption in ECB and in CBC with an IV of zeros, and the polynomial of GF(2^n). */
interface BlockCipher {
  block: number
  reduction: number
  ecb: (data: Uint8Array) => Uint8Array
  cbc: (data: Uint8Array) => Uint8Array
}

const AES_BLOCK = 16
const AES_REDUCTION = 0x87
const TDES_REDUCTION = 0x1b
const ZERO_IV = new Uint8Array(AES_BLOCK)

/** AES-CMAC, RFC 4493 and NIST SP 800-38B. `key`: 16, 24 or 32 bytes. 16 bytes. */
export function aesCmac(key: Uint8Array, data: Uint8Array): Uint8Array {
  const secret = createSecretKey(key)
  return cmac(data, {
    block: AES_BLOCK,
    reduction: AES_REDUCTION,
    ecb: (blocks) => encryptAes('ecb', secret, null, blocks),
    cbc: (blocks) => encryptAes('cbc', secret, ZERO_IV, blocks),
  })
}

/** CMAC with triple DES, NIST SP 800-38B. `key`: 16 or 24 bytes. 8 bytes. */
export function tdesCmac(key: Uint8Array, data: Uint8Array): Uint8Array {
  return cmac(data, {
    block: DES_BLOCK,
    reduction: TDES_REDUCTION,
    ecb: (blocks) => encryptEcb(key, blocks),
    cbc: (blocks) => encryptCbc(key, blocks),
  })
}

/** NIST SP 800-38B, 6.2: the last block is masked with a subkey of its own, another one when it had to be padded. */
function cmac(data: Uint8Array, { block, reduction, ecb, cbc }: BlockCipher): Uint8Array {
  const whole = data.length > 0 && data.length % block === 0
  const subkey1 = doubled(ecb(new Uint8Array(block)), reduction)
  const padding = new Uint8Array(block - 1 - (data.length % block))
  const padded = whole ? data : concat(data, Uint8Array.of(0x80), padding)
  const last = xor(padded.subarray(-block), whole ? subkey1 : doubled(subkey1, reduction))
  return cbc(concat(padded.subarray(0, -block), last)).slice(-block)
}

/** Times x in GF(2^n). */
function doubled(block: Uint8Array, reduction: number): Uint8Array {
  const shifted = block.map((byte, index) => (byte << 1) | ((block[index + 1] ?? 0) >> 7))
  if (((block[0] ?? 0) & 0x80) !== 0) shifted[block.length - 1] = (shifted.at(-1) ?? 0) ^ reduction
  return shifted
}

function encryptAes(
  mode: 'ecb' | 'cbc',
  key: KeyObject,
  iv: Uint8Array | null,
  data: Uint8Array,
): Uint8Array {
  const bits = (key.symmetricKeySize ?? 0) * 8
  return new Uint8Array(createCipheriv(`aes-${bits}-${mode}`, key, iv).update(data))
}
