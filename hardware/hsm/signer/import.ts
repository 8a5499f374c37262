import { xor } from '../../../protocols/mac/xor.ts'
import { HsmError } from '../error.ts'
import type { PairAlgorithm } from '../hierarchy/algorithms.ts'
import type { SealedKey } from '../keys/sealed-key.ts'
import { call } from './cryptoki.ts'
import { take } from './known-keys.ts'
import { importVariant, type NewKey, type NewSecret } from './new-key.ts'
import type { Operation } from './operation.ts'

/** A key whose value is known: a test key, or one that came in components. `kcv`: to compare with, or null. */
export const importKey: Operation<{ key: NewSecret; value: Uint8Array; kcv: string | null }, SealedKey> = {
  variant: ({ key }) => importVariant(key),
  inToken: (signer, { key, value, kcv }) => {
    const sealed = call(`the token to take key "${key.label}"`, () => take(signer, key, Buffer.from(value)))
    return kcv === null ? sealed : withKcv(sealed, kcv)
  },
}

/** A zone master key of which each custodian brought a component: their exclusive-or. */
export const importZmk: Operation<
  { key: NewSecret; components: readonly Uint8Array[]; kcv: string },
  SealedKey
> = {
  variant: ({ key }) => importVariant(key),
  inToken: (signer, { key, components, kcv }) => {
    const value = Buffer.from(components.reduce(xor))
    const sealed = call(`the token to take key "${key.label}"`, () => take(signer, key, value))
    return withKcv(sealed, kcv)
  },
}

function withKcv(sealed: SealedKey, kcv: string): SealedKey {
  const { label, kcv: came } = sealed.record
  if (came === kcv.toUpperCase()) return sealed
  throw new HsmError('KCV_MISMATCH', `expected key "${label}" with check value ${kcv}, got ${came}`)
}

/** A public key alone; `point`: as the record has it. */
export const importPublicKey: Operation<{ key: NewKey<PairAlgorithm>; point: Uint8Array }, SealedKey> = {
  variant: () => 'ImportPublicKey',
  inToken: ({ masters }, { key, point }) => {
    const publicKey = Buffer.from(point).toString('hex').toUpperCase()
    return masters.seal({ record: { ...key, kcv: null, publicKey }, blob: '', singleBlob: '', objectId: '' })
  },
}
