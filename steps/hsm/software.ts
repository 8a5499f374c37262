import { createCipheriv, createHmac } from 'node:crypto'
import type { SecretAlgorithm } from '../../hardware/hsm/hierarchy/algorithms.ts'
import type { GenerateMac } from '../../hardware/hsm/hsm.ts'
import { aesCmac, tdesCmac } from '../../protocols/mac/cmac.ts'
import { retailMac } from '../../protocols/mac/iso9797.ts'
import { aesKcv, tdesKcv } from '../../protocols/mac/kcv.ts'

/** What software computes with the same key, for comparing: the pure functions of `protocols/`, and OpenSSL for plain ciphers. */
export const MACS: Record<GenerateMac['method'], (key: Uint8Array, data: Uint8Array) => Uint8Array> = {
  'aes-cmac': aesCmac,
  'tdes-cmac': tdesCmac,
  'hmac-sha256': (key, data) => new Uint8Array(createHmac('sha256', key).update(data).digest()),
  'retail, padding 1': (key, data) => retailMac(key, data, 1),
  'retail, padding 2': (key, data) => retailMac(key, data, 2),
}

/** First 3 bytes: of CMAC over zeros (AES), of encrypted zeros (TDES), of HMAC over nothing. */
export const CHECK_VALUES: Record<SecretAlgorithm, (key: Uint8Array) => Uint8Array> = {
  'aes-128': (key) => aesKcv(key, 3),
  'aes-192': (key) => aesKcv(key, 3),
  'aes-256': (key) => aesKcv(key, 3),
  'tdes-2': (key) => tdesKcv(key),
  'tdes-3': (key) => tdesKcv(key),
  'hmac-sha256': (key) => new Uint8Array(createHmac('sha256', key).digest()).slice(0, 3),
}

/** OpenSSL's names of ciphers without their mode; the others have the names that callers use. */
const OPENSSL: Partial<Record<SecretAlgorithm, string>> = { 'tdes-2': 'des-ede', 'tdes-3': 'des-ede3' }

/** Whole blocks, without padding. */
export function encrypted(
  algorithm: SecretAlgorithm,
  key: Uint8Array,
  { mode, iv, data }: { mode: 'ecb' | 'cbc'; iv: Uint8Array | null; data: Uint8Array },
): Uint8Array {
  const cipher = createCipheriv(`${OPENSSL[algorithm] ?? algorithm}-${mode}`, key, iv)
  return new Uint8Array(cipher.setAutoPadding(false).update(data))
}
