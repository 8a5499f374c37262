import type { KeyObject } from 'node:crypto'
import { kindOf } from './signature.ts'

// TR-34:2019 and PCI PIN, Annex C ask for at least 2048 bits; beyond 8192 a check costs more than a caller should be made to pay.
const LEAST_RSA_BITS = 2048
const MOST_RSA_BITS = 8192
const LEAST_EXPONENT = 65_537n
const CURVES: readonly string[] = ['prime256v1', 'ed25519']

/** Whether a public key is strong enough to be certified. */
export function isStrong(key: KeyObject): boolean {
  if (key.asymmetricKeyType !== 'rsa') return CURVES.includes(kindOf(key))
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {}
  const long = modulusLength >= LEAST_RSA_BITS && modulusLength <= MOST_RSA_BITS
  return long && publicExponent >= LEAST_EXPONENT && publicExponent % 2n === 1n
}
