import { concat } from '../../bytes/bytes.ts'
import { aesCmac } from '../../mac/cmac.ts'
import { DES_BLOCK, decryptCbc, decryptEcb, encryptCbc, encryptEcb } from '../../mac/des.ts'
import { retailMac } from '../../mac/iso9797.ts'
import { pad, unpad2 } from '../../mac/padding.ts'
import { AES_BLOCK, decryptAesCbc, encryptAesCbc } from '../keys/aes.ts'
import {
  aesSessionKey,
  counterDiversifier,
  mastercardDiversifier,
  tdesSessionKey,
  visaSessionKey,
} from '../keys/session-key.ts'

const MAC_BYTES = 8

type Bytes = Uint8Array

/** MACs of 8 bytes under a session key, by name. EMV 4.4 Book 2, A1.2. */
export const MACS = {
  'retail-padding-1': (key: Bytes, data: Bytes) => retailMac(key, data, 1),
  'retail-padding-2': (key: Bytes, data: Bytes) => retailMac(key, data, 2),
  'aes-cmac': (key: Bytes, data: Bytes) => aesCmac(key, data).slice(0, MAC_BYTES),
} as const satisfies Record<string, (key: Bytes, data: Bytes) => Bytes>

/** Session keys for the application cryptogram, from master key, ATC and unpredictable number. */
export const AC_SESSION_KEYS = {
  none: (masterKey: Bytes) => masterKey,
  common: (masterKey: Bytes, atc: Bytes) => tdesSessionKey(masterKey, counterDiversifier(atc, DES_BLOCK)),
  'common-aes': (masterKey: Bytes, atc: Bytes) =>
    aesSessionKey(masterKey, counterDiversifier(atc, AES_BLOCK)),
  mastercard: (masterKey: Bytes, atc: Bytes, unpredictableNumber: Bytes) =>
    tdesSessionKey(masterKey, mastercardDiversifier(atc, unpredictableNumber)),
} as const satisfies Record<string, (masterKey: Bytes, atc: Bytes, unpredictableNumber: Bytes) => Bytes>

/** Session keys for issuer scripts, from master key, ATC and application cryptogram. */
export const SCRIPT_SESSION_KEYS = {
  visa: (masterKey: Bytes, atc: Bytes) => visaSessionKey(masterKey, atc),
  common: (masterKey: Bytes, _atc: Bytes, cryptogram: Bytes) => tdesSessionKey(masterKey, cryptogram),
  'common-aes': (masterKey: Bytes, _atc: Bytes, cryptogram: Bytes) =>
    aesSessionKey(masterKey, concat(cryptogram, new Uint8Array(AES_BLOCK - cryptogram.length))),
} as const satisfies Record<string, (masterKey: Bytes, atc: Bytes, cryptogram: Bytes) => Bytes>

/** Confidential script data: `open` gives null when what was deciphered does not have the form. */
export interface Encipherment {
  seal: (key: Bytes, data: Bytes) => Bytes
  open: (key: Bytes, data: Bytes) => Bytes | null
}

/** Ways to encipher script data, by name. EMV 4.4 Book 2, A1.1. */
export const ENCIPHERMENTS = {
  /** Length byte and data, padded by method 2, ECB (VIS 1.6, Appendix B). */
  'length-ecb': {
    seal: (key, data) => encryptEcb(key, pad(2, concat(Uint8Array.of(data.length), data), DES_BLOCK)),
    open: (key, data) => counted(unpad2(decryptEcb(key, data), DES_BLOCK)),
  },
  /** CBC with an IV of zeros, for whole blocks and without padding. */
  cbc: {
    seal: (key, data) => encryptCbc(key, data),
    open: (key, data) => decryptCbc(key, data),
  },
  /** CBC with an IV of zeros, padded by method 2. */
  'padded-cbc': {
    seal: (key, data) => encryptCbc(key, pad(2, data, DES_BLOCK)),
    open: (key, data) => unpad2(decryptCbc(key, data), DES_BLOCK),
  },
  'padded-cbc-aes': {
    seal: (key, data) => encryptAesCbc(key, pad(2, data, AES_BLOCK)),
    open: (key, data) => unpad2(decryptAesCbc(key, data), AES_BLOCK),
  },
} as const satisfies Record<string, Encipherment>

export type MacName = keyof typeof MACS
export type AcSessionKeyName = keyof typeof AC_SESSION_KEYS
export type ScriptSessionKeyName = keyof typeof SCRIPT_SESSION_KEYS
export type EnciphermentName = keyof typeof ENCIPHERMENTS

function counted(bytes: Bytes | null): Bytes | null {
  const [length] = bytes ?? []
  return bytes !== null && length === bytes.length - 1 ? bytes.slice(1) : null
}
