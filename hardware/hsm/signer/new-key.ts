import type { Variant } from '../capabilities/placement.ts'
import { familyOf, type SecretAlgorithm } from '../hierarchy/algorithms.ts'
import type { KeyUsage } from '../hierarchy/usages.ts'
import type { KeyRecord } from '../keys/sealed-key.ts'

/** What a caller says of a new key; the signer adds what only it knows. */
export type NewKey<Algorithm> = Omit<KeyRecord, 'algorithm' | 'kcv' | 'publicKey'> & {
  readonly algorithm: Algorithm
}

export type NewSecret = NewKey<SecretAlgorithm>

const RETAIL: readonly KeyUsage[] = ['MAC', 'MAC verification', 'card verification']

/** Two-key TDES for MACs and card values comes in two forms, of which the token makes one out of the other in no way. */
export function isRetail({ algorithm, usage }: { algorithm: SecretAlgorithm; usage: KeyUsage }): boolean {
  return algorithm === 'tdes-2' && RETAIL.includes(usage)
}

export function importVariant({ algorithm }: NewSecret): Variant {
  return `ImportKey ${familyOf(algorithm) as 'aes' | 'tdes' | 'hmac'}`
}

export function generationVariant(key: NewSecret): Variant {
  const { algorithm } = key
  if (algorithm === 'tdes-2') return isRetail(key) ? 'GenerateKey tdes for retail MAC' : 'GenerateKey tdes-2'
  return algorithm === 'tdes-3'
    ? 'GenerateKey tdes-3'
    : `GenerateKey ${familyOf(algorithm) as 'aes' | 'hmac'}`
}
