import { createCipheriv, createHmac, randomBytes } from 'node:crypto'
import { aesCmac, tdesCmac } from '../../../protocols/mac/cmac.ts'
import { retailMac } from '../../../protocols/mac/iso9797.ts'
import { withOddParity } from '../../../protocols/mac/parity.ts'
import { ALGORITHMS, familyOf, type SecretAlgorithm } from '../hierarchy/algorithms.ts'
import type { KeyUsage } from '../hierarchy/usages.ts'
import type { Hsm } from '../hsm.ts'
import type { MacMethod } from '../signer/macs.ts'

/** An operation with one secret key, and what software computes with the same key. */
export interface SoftwareTwin {
  readonly name: string
  readonly usage: KeyUsage
  readonly algorithm: SecretAlgorithm
  /** How many bytes of data it is asked with. */
  readonly bytes: number
  ask(hsm: Hsm, key: string, data: Uint8Array): Promise<Uint8Array>
  compute(value: Uint8Array, data: Uint8Array): Uint8Array
}

const CIPHERS: Partial<Record<SecretAlgorithm, string>> = { 'tdes-2': 'des-ede', 'tdes-3': 'des-ede3' }

/** MACs and ciphers of every kind of key. */
export const SOFTWARE_TWINS: readonly SoftwareTwin[] = [
  mac('aes-cmac', 'aes-256', aesCmac),
  mac('tdes-cmac', 'tdes-2', tdesCmac),
  mac('hmac-sha256', 'hmac-sha256', (key, data) => createHmac('sha256', key).update(data).digest()),
  mac('retail, padding 1', 'tdes-2', (key, data) => retailMac(key, data, 1)),
  mac('retail, padding 2', 'tdes-2', (key, data) => retailMac(key, data, 2)),
  ...(['aes-128', 'aes-192', 'aes-256', 'tdes-2', 'tdes-3'] as const).flatMap((algorithm) => [
    cipher(algorithm, 'ecb'),
    cipher(algorithm, 'cbc'),
  ]),
]

/** A random value for a key; of TDES with odd parity. */
export function randomKey(algorithm: SecretAlgorithm): Uint8Array {
  const value = new Uint8Array(randomBytes(ALGORITHMS[algorithm].bytes))
  return familyOf(algorithm) === 'tdes' ? withOddParity(value) : value
}

function mac(method: MacMethod, algorithm: SecretAlgorithm, compute: SoftwareTwin['compute']): SoftwareTwin {
  const ask: SoftwareTwin['ask'] = (hsm, key, data) => hsm.generateMac({ key, method, data })
  return { name: `${method} with ${algorithm}`, usage: 'MAC', algorithm, bytes: 37, ask, compute }
}

function cipher(algorithm: SecretAlgorithm, mode: 'ecb' | 'cbc'): SoftwareTwin {
  const length = familyOf(algorithm) === 'tdes' ? 8 : 16
  // The first block of the data, which is as random.
  const ivOf = (data: Uint8Array) => (mode === 'cbc' ? data.slice(0, length) : null)
  const ask: SoftwareTwin['ask'] = (hsm, key, data) => hsm.encryptData({ key, mode, iv: ivOf(data), data })
  const name = CIPHERS[algorithm] ?? algorithm
  const compute: SoftwareTwin['compute'] = (value, data) =>
    createCipheriv(`${name}-${mode}`, value, ivOf(data)).setAutoPadding(false).update(data)
  return { name: `${algorithm}, ${mode}`, usage: 'data', algorithm, bytes: 80, ask, compute }
}
