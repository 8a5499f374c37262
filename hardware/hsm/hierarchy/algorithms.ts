/** Kinds of keys that the HSM holds, by the names that callers use. `bytes`: length of a secret key's value. */
export const ALGORITHMS = {
  'aes-128': { family: 'aes', bytes: 16 },
  'aes-192': { family: 'aes', bytes: 24 },
  'aes-256': { family: 'aes', bytes: 32 },
  'tdes-2': { family: 'tdes', bytes: 16 },
  'tdes-3': { family: 'tdes', bytes: 24 },
  'hmac-sha256': { family: 'hmac', bytes: 32 },
  'ec-p256': { family: 'ec', bytes: null },
  'ec-secp256k1': { family: 'ec', bytes: null },
  ed25519: { family: 'ec', bytes: null },
  'rsa-2048': { family: 'rsa', bytes: null },
  'rsa-3072': { family: 'rsa', bytes: null },
} as const satisfies Record<string, { family: string; bytes: number | null }>

export type KeyAlgorithm = keyof typeof ALGORITHMS
export type KeyFamily = (typeof ALGORITHMS)[KeyAlgorithm]['family']

/** Key pairs; all others are secret keys. */
export type PairAlgorithm = {
  [Name in KeyAlgorithm]: (typeof ALGORITHMS)[Name]['bytes'] extends null ? Name : never
}[KeyAlgorithm]
export type SecretAlgorithm = Exclude<KeyAlgorithm, PairAlgorithm>
export type RsaAlgorithm = 'rsa-2048' | 'rsa-3072'
export type CurveAlgorithm = Exclude<PairAlgorithm, RsaAlgorithm>

/** Bytes of the modulus, which a signature and an encrypted block are as long as. */
export const MODULUS_BYTES: Readonly<Record<RsaAlgorithm, number>> = { 'rsa-2048': 256, 'rsa-3072': 384 }
export const PAIRS = ['ec-p256', 'ec-secp256k1', 'ed25519', 'rsa-2048', 'rsa-3072'] as const

export function isRsa(algorithm: KeyAlgorithm): algorithm is RsaAlgorithm {
  return familyOf(algorithm) === 'rsa'
}

export function familyOf(algorithm: KeyAlgorithm): KeyFamily {
  return ALGORITHMS[algorithm].family
}
