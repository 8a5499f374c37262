import type { Capabilities } from '../capabilities/features.ts'
import { ALGORITHMS, type KeyAlgorithm, type SecretAlgorithm } from '../hierarchy/algorithms.ts'

const DES_BLOCK = 8

/** As what a token holds a key: where it has no two-key TDES, that is three-key TDES with K3 = K1 (SP 800-67, 3.2). */
export function formOf<Algorithm extends KeyAlgorithm>(
  { 'tdes-2': generator }: Capabilities,
  algorithm: Algorithm,
): Algorithm | 'tdes-3' {
  return algorithm === 'tdes-2' && generator === null ? 'tdes-3' : algorithm
}

/** A copy of a value, as long as the form in which the token holds it. */
export function inForm(form: SecretAlgorithm, value: Buffer): Buffer {
  const short = ALGORITHMS[form].bytes > value.length
  return Buffer.concat(short ? [value, value.subarray(0, DES_BLOCK)] : [value])
}

/** What {@link inForm} was given; overwrites the rest, which is a part of the key. */
export function outOfForm(algorithm: SecretAlgorithm, held: Buffer): Buffer {
  const { bytes } = ALGORITHMS[algorithm]
  held.fill(0, bytes)
  return held.subarray(0, bytes)
}
