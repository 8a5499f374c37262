import type { SecretAlgorithm } from '../../hardware/hsm/hierarchy/algorithms.ts'
import { type Vector, vectorsOf } from '../../hardware/hsm/test-support/vectors.ts'

const FILES = ['card-values', 'pin-blocks', 'emv-cryptograms', 'tr31', 'dukpt-tdes', 'dukpt-aes'] as const

export type VectorFile = (typeof FILES)[number]

/** The published vector of that id. Throws when there is none. */
export function published(file: VectorFile, id: string): Vector {
  const vector = vectorsOf(file).find((one) => one.id === id)
  if (vector === undefined) throw new Error(`expected a published vector "${id}" in ${file}, got none`)
  return vector
}

/** Of a TDES key of this length. */
export function tdesOf(value: Uint8Array): SecretAlgorithm {
  return value.length === 24 ? 'tdes-3' : 'tdes-2'
}

/** Of an AES key of this length. */
export function aesOf(value: Uint8Array): SecretAlgorithm {
  return `aes-${value.length * 8}` as SecretAlgorithm
}
