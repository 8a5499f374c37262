import { HsmError } from '../error.ts'
import { ALGORITHMS, type PairAlgorithm, type SecretAlgorithm } from '../hierarchy/algorithms.ts'
import type { KeyUsage } from '../hierarchy/usages.ts'
import type { KeyRecord, SealedKey } from '../keys/sealed-key.ts'
import { generateKey, generateKeyPair } from './generation.ts'
import type { Operation } from './operation.ts'
import type { Signer } from './signer.ts'

/** Bounds of the new version, and the last moment of the one before it; milliseconds since 1970, null: none. */
interface RenewArgs {
  readonly key: { readonly label: string }
  readonly validFrom: number | null
  readonly validUntil: number | null
  readonly previousUntil: number | null
}

/** `previous`: the version before, under a label of its own. */
interface Renewed {
  readonly renewed: SealedKey
  readonly previous: SealedKey
}

/** Keys of which another party must be given the new one are made anew there, not here. */
const MADE_ELSEWHERE: readonly KeyUsage[] = ['card cryptogram', 'DUKPT initial']

/** A key of the same kind in place of another, one version up. */
export const renewKey: Operation<RenewArgs, Renewed> = {
  variant: ({ key }, signer) =>
    by(signer.ring.recordOf(key.label), secretVariant(signer), pairVariant(signer)),
  inToken: (signer, args) => renew(signer, args, 'inToken'),
  clear: (signer, args) => renew(signer, args, 'clear'),
}

function renew(signer: Signer, args: RenewArgs, how: 'inToken' | 'clear'): Renewed {
  const old = signer.ring.sealed(args.key.label)
  const { label, version, usage, validUntil } = old.record
  if (MADE_ELSEWHERE.includes(usage))
    throw new HsmError(
      'KEY_WRONG_USAGE',
      `expected a key that is generated, got "${label}" of usage "${usage}"`,
    )
  const next = { ...old.record, version: version + 1, validFrom: args.validFrom, validUntil: args.validUntil }
  const renewed = by(
    next,
    (key) => (generateKey[how] ?? generateKey.inToken)?.(signer, { key }),
    (key) => generateKeyPair.inToken?.(signer, { key }),
  )
  if (renewed === undefined) throw new Error('expected key generation in the token, got none')
  const ends = [validUntil, args.previousUntil].filter((end) => end !== null)
  const record = {
    ...old.record,
    label: `${label}/v${version}`,
    validUntil: ends.length > 0 ? Math.min(...ends) : null,
  }
  return { renewed, previous: signer.masters.seal({ ...old, record }) }
}

function secretVariant(signer: Signer) {
  return (key: KeyRecord & { algorithm: SecretAlgorithm }) => generateKey.variant({ key }, signer)
}

function pairVariant(signer: Signer) {
  return (key: KeyRecord & { algorithm: PairAlgorithm }) => generateKeyPair.variant({ key }, signer)
}

function by<Result>(
  record: KeyRecord,
  secret: (key: KeyRecord & { algorithm: SecretAlgorithm }) => Result,
  pair: (key: KeyRecord & { algorithm: PairAlgorithm }) => Result,
): Result {
  return ALGORITHMS[record.algorithm].bytes === null
    ? pair(record as KeyRecord & { algorithm: PairAlgorithm })
    : secret(record as KeyRecord & { algorithm: SecretAlgorithm })
}
