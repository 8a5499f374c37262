import pkcs11 from 'pkcs11js'
import type { Family } from '../../../protocols/emv/cryptograms/families.ts'
import { AES_BLOCK } from '../../../protocols/emv/keys/aes.ts'
import { type DerivationOption, diversifier } from '../../../protocols/emv/keys/diversification.ts'
import { masterKeyBlocks } from '../../../protocols/emv/keys/master-key.ts'
import {
  counterDiversifier,
  mastercardDiversifier,
  sessionKeyBlocks,
} from '../../../protocols/emv/keys/session-key.ts'
import { DES_BLOCK } from '../../../protocols/mac/des.ts'
import type { TokenUse } from '../hierarchy/usages.ts'
import { deriveAesBlock, deriveEcb } from './derivation.ts'
import { destroying } from './objects.ts'
import type { Signer } from './signer.ts'
import { derived } from './templates.ts'

export type MasterAlgorithm = 'aes-128' | 'aes-192' | 'aes-256' | 'tdes-2'

/** A key at the end of a path; `single`: its left half as L|L|L, for the retail MAC; null of AES. */
export interface LeafKey {
  readonly handle: pkcs11.Handle
  readonly single: pkcs11.Handle | null
}

/** Card and transaction: what the keys below an issuer master key hang on. `psn`: 2 digits. */
export interface CardOf {
  readonly pan: string
  readonly psn: string
}

/** The step from the issuer's master key to the card's (EMV 4.4 Book 2, A1.4). Throws a RangeError for digits that do not fit. */
export function masterStep(
  option: DerivationOption,
  { pan, psn }: CardOf,
  algorithm: MasterAlgorithm,
): Uint8Array {
  const y = diversifier(option, pan, psn)
  return algorithm === 'aes-128' ? y : masterKeyBlocks(y)
}

/** The steps from the card's master key to that of a transaction (EMV 4.4 Book 2, A1.3): one, or none. */
export function sessionSteps(
  { acSessionKey }: Family,
  atc: Uint8Array,
  unpredictableNumber: Uint8Array,
  algorithm: MasterAlgorithm,
): Uint8Array[] {
  const steps: Record<Family['acSessionKey'], () => Uint8Array[]> = {
    none: () => [],
    common: () => [sessionKeyBlocks(counterDiversifier(atc, DES_BLOCK))],
    'common-aes': () => {
      const r = counterDiversifier(atc, AES_BLOCK)
      return [algorithm === 'aes-128' ? r : sessionKeyBlocks(r)]
    },
    mastercard: () => [sessionKeyBlocks(mastercardDiversifier(atc, unpredictableNumber))],
  }
  return steps[acSessionKey]()
}

/**
 * Runs `action` with the key that the steps lead to; it and all between are gone then. Parity of TDES keys is not adjusted, which ciphers do
 * not look at.
 */
export function withLeafKey<Result>(
  signer: Signer,
  from: pkcs11.Handle,
  [step, ...rest]: readonly Uint8Array[],
  algorithm: MasterAlgorithm,
  action: (leaf: LeafKey) => Result,
): Result {
  if (step === undefined) throw new RangeError('expected at least one step from a master key, got none')
  if (rest.length === 0) return withLeaf(signer, from, step, algorithm, action)
  const next = derive(signer, from, step, algorithm, ['DERIVE'])
  return destroying(signer.token, [next], () => withLeafKey(signer, next, rest, algorithm, action))
}

function withLeaf<Result>(
  signer: Signer,
  from: pkcs11.Handle,
  step: Uint8Array,
  algorithm: MasterAlgorithm,
  action: (leaf: LeafKey) => Result,
): Result {
  const handle = derive(signer, from, step, algorithm, [algorithm === 'tdes-2' ? 'ENCRYPT' : 'SIGN'])
  if (algorithm !== 'tdes-2')
    return destroying(signer.token, [handle], () => action({ handle, single: null }))
  const left = step.subarray(0, DES_BLOCK)
  const data = Buffer.concat([left, left, left])
  const mechanism = pkcs11.CKM_DES3_ECB_ENCRYPT_DATA
  const single = deriveEcb(signer.token, mechanism, from, data, derived('tdes-3', ['ENCRYPT']))
  return destroying(signer.token, [handle, single], () => action({ handle, single }))
}

function derive(
  { token, capabilities }: Signer,
  from: pkcs11.Handle,
  step: Uint8Array,
  algorithm: MasterAlgorithm,
  uses: readonly TokenUse[],
): pkcs11.Handle {
  const attributes = derived(algorithm, uses)
  if (algorithm === 'aes-128' && capabilities['aes-cbc-derive'] !== null)
    return deriveAesBlock(token, from, step, attributes)
  const mechanism =
    algorithm === 'tdes-2' ? pkcs11.CKM_DES3_ECB_ENCRYPT_DATA : pkcs11.CKM_AES_ECB_ENCRYPT_DATA
  return deriveEcb(token, mechanism, from, step, attributes)
}
