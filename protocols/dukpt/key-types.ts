/** What a key derived by AES DUKPT is a key of. */
export type KeyType = 'TDES2' | 'TDES3' | 'AES128' | 'AES192' | 'AES256' | 'HMAC128' | 'HMAC192' | 'HMAC256'

/** X9.24-3:2017, 6.2.1 and 6.2.2. `strength`: bits of security, as NIST SP 800-57 counts them. */
export const KEY_TYPES: Record<
  KeyType,
  { family: 'TDES' | 'AES' | 'HMAC'; algorithm: number; bits: number; strength: number }
> = {
  TDES2: { family: 'TDES', algorithm: 0x0000, bits: 128, strength: 80 },
  TDES3: { family: 'TDES', algorithm: 0x0001, bits: 192, strength: 112 },
  AES128: { family: 'AES', algorithm: 0x0002, bits: 128, strength: 128 },
  AES192: { family: 'AES', algorithm: 0x0003, bits: 192, strength: 192 },
  AES256: { family: 'AES', algorithm: 0x0004, bits: 256, strength: 256 },
  HMAC128: { family: 'HMAC', algorithm: 0x0005, bits: 128, strength: 128 },
  HMAC192: { family: 'HMAC', algorithm: 0x0005, bits: 192, strength: 192 },
  HMAC256: { family: 'HMAC', algorithm: 0x0005, bits: 256, strength: 256 },
}

/** What a working key is for, seen from the terminal: it generates the MAC of a request, encrypts its data, and so on. */
export type KeyUsage =
  | 'keyEncryption'
  | 'pinEncryption'
  | 'macGeneration'
  | 'macVerification'
  | 'macBothWays'
  | 'dataEncrypt'
  | 'dataDecrypt'
  | 'dataBothWays'

const CIPHERS: readonly string[] = ['TDES', 'AES']
const MACS: readonly string[] = ['TDES', 'AES', 'HMAC']

/** X9.24-3:2017, 6.3.2, table 2: the code of a usage, and the families that have it. */
export const KEY_USAGES: Record<KeyUsage, { code: number; families: readonly string[] }> = {
  keyEncryption: { code: 0x0002, families: CIPHERS },
  pinEncryption: { code: 0x1000, families: CIPHERS },
  macGeneration: { code: 0x2000, families: MACS },
  macVerification: { code: 0x2001, families: MACS },
  macBothWays: { code: 0x2002, families: MACS },
  dataEncrypt: { code: 0x3000, families: CIPHERS },
  dataDecrypt: { code: 0x3001, families: CIPHERS },
  dataBothWays: { code: 0x3002, families: CIPHERS },
}

/** Usages of the keys that only derive others. */
export const DERIVATION_USAGES = { key: 0x8000, initialKey: 0x8001 } as const
