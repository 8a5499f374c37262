import type { SecretAlgorithm } from '../../hierarchy/algorithms.ts'
import type { KeyUsage } from '../../hierarchy/usages.ts'

/** The keys that the cases find, with values that the test knows. */
export const KNOWN_KEYS: readonly (readonly [KeyUsage, SecretAlgorithm])[] = [
  ['MAC', 'aes-128'],
  ['MAC', 'aes-256'],
  ['MAC', 'tdes-2'],
  ['MAC', 'tdes-3'],
  ['MAC', 'hmac-sha256'],
  ['data', 'aes-192'],
  ['data', 'tdes-2'],
  ['DUKPT base', 'aes-128'],
  ['DUKPT base', 'aes-256'],
  ['DUKPT base', 'tdes-2'],
  ['card transport', 'aes-128'],
  ['card cryptogram', 'aes-128'],
  ['card verification', 'tdes-2'],
  ['issuer master, dynamic values', 'tdes-2'],
  ['issuer master, cryptograms', 'tdes-2'],
  ['issuer master, cryptograms', 'aes-128'],
  ['issuer master, cryptograms', 'aes-256'],
  ['PIN working', 'tdes-2'],
  ['PIN working', 'aes-256'],
  ['PIN verification, IBM 3624', 'tdes-2'],
  ['PIN verification, Visa PVV', 'tdes-2'],
  ['zone master', 'aes-256'],
  ['zone master', 'tdes-3'],
]
