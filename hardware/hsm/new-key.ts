import { HsmError } from './error.ts'
import type { KeyAlgorithm, SecretAlgorithm } from './hierarchy/algorithms.ts'
import { type KeyUsage, USAGES } from './hierarchy/usages.ts'
import { expectLabel, expectOneOf } from './input.ts'

/** What a caller may say of a new key beyond its name. */
export interface KeyTerms {
  /** Whose key it is; default: nobody's. */
  owner?: string
  /** First and last moment of use, milliseconds since 1970; default: none. */
  validFrom?: number
  validUntil?: number
  /** Default: no. */
  exportable?: boolean
}

export interface GenerateKey extends KeyTerms {
  label: string
  usage: KeyUsage
  algorithm: SecretAlgorithm
}

/** The record of a new key, but for what the signer finds out. Throws INVALID_INPUT_DATA for a key that the hierarchy does not have. */
export function newKeyOf<Algorithm extends KeyAlgorithm>({
  algorithm,
  ...terms
}: KeyTerms & { label: string; usage: KeyUsage; algorithm: Algorithm }) {
  const record = newRecordOf(terms)
  expectOneOf(`for usage "${record.usage}" an algorithm`, algorithm, USAGES[record.usage].algorithms)
  return { ...record, algorithm }
}

/** As {@link newKeyOf}, of a key whose algorithm is not known yet. */
export function newRecordOf({
  label,
  usage,
  owner = '',
  exportable = false,
  ...bounds
}: KeyTerms & { label: string; usage: KeyUsage }) {
  expectLabel(label)
  expectOneOf('a usage', usage, Object.keys(USAGES) as KeyUsage[])
  return { label, usage, owner, version: 1, exportable, ...validityOf(bounds) }
}

/** Throws INVALID_INPUT_DATA for an end before the beginning. */
export function validityOf({ validFrom, validUntil }: Pick<KeyTerms, 'validFrom' | 'validUntil'>) {
  if (validFrom !== undefined && validUntil !== undefined && validUntil < validFrom)
    throw new HsmError(
      'INVALID_INPUT_DATA',
      'expected a validity that ends after it begins, got the other way round',
    )
  return { validFrom: validFrom ?? null, validUntil: validUntil ?? null }
}
