import { createDecipheriv } from 'node:crypto'
import pkcs11 from 'pkcs11js'
import { AES_DUKPT, aesWorkingKey } from '../../../protocols/dukpt/aes.ts'
import { type DerivedKey, derivationData } from '../../../protocols/dukpt/derivation-data.ts'
import { hostTransactionKey, transactionKey } from '../../../protocols/dukpt/host.ts'
import { DERIVATION_USAGES, KEY_USAGES } from '../../../protocols/dukpt/key-types.ts'
import type { DukptScheme, Ksn } from '../../../protocols/dukpt/scheme.ts'
import { TDES_DUKPT, tdesWorkingKey } from '../../../protocols/dukpt/tdes.ts'
import { decryptCbc } from '../../../protocols/mac/des.ts'
import type { Variant } from '../capabilities/placement.ts'
import type { SealedKey } from '../keys/sealed-key.ts'
import { withClearKey } from './clear-keys.ts'
import { call } from './cryptoki.ts'
import { deriveAesBlock, deriveEcb } from './derivation.ts'
import { take } from './known-keys.ts'
import type { NewKey } from './new-key.ts'
import { destroying } from './objects.ts'
import type { Operation } from './operation.ts'
import { sealSecret } from './seal-secret.ts'
import type { Signer } from './signer.ts'
import { derived, derivedLeaving } from './templates.ts'

type AesAlgorithm = 'aes-128' | 'aes-192' | 'aes-256'
type DukptAlgorithm = AesAlgorithm | 'tdes-2'
type AesType = 'AES128' | 'AES192' | 'AES256'

const AES_KEYS = ['aes-128', 'aes-192', 'aes-256'] as const
const DUKPT_KEYS = [...AES_KEYS, 'tdes-2'] as const
const TYPES: Record<AesAlgorithm, AesType> = { 'aes-128': 'AES128', 'aes-192': 'AES192', 'aes-256': 'AES256' }
const BLOCK = 16
const COUNTER_BITS = 32

/** `id`: the initial key's name, 8 bytes. The new key is as long as the base key. */
interface InitialKeyArgs {
  readonly base: string
  readonly id: Uint8Array
  readonly key: NewKey<DukptAlgorithm>
}

/** `key`: base or initial key; `id` and `counter`: the two parts of the KSN; data: whole blocks, CBC, `iv` of one block. */
interface DukptDataArgs {
  readonly key: string
  readonly id: Uint8Array
  readonly counter: number
  readonly iv: Uint8Array
  readonly data: Uint8Array
}

/** AES and TDES DUKPT (X9.24-3:2017, 6.3.3 and C.7 "Derive Initial Key"). The record's validity and owner are the caller's. */
export const deriveInitialKey: Operation<InitialKeyArgs, SealedKey> = {
  variant: ({ base }, signer) => variantOf(signer, base),
  inToken: (signer, { base, id, key }) => {
    // TDES never comes here: `capabilities/placement.ts`.
    const algorithm = key.algorithm as AesAlgorithm
    const from = signer.ring.use(base, 'derive initial keys', [algorithm])
    return call(`the token to derive initial key "${key.label}"`, () => {
      const step = initialStep(id, algorithm)
      const handle = derive(signer, from.handle, derivationData(step), derivedLeaving(algorithm))
      return destroying(signer.token, [handle], () => sealSecret(signer, key, handle))
    })
  },
  clear: (signer, { base, id, key }) => {
    signer.ring.expect(base, [key.algorithm])
    return withClearKey(signer, base, 'derive initial keys', (value) => {
      const initial = Buffer.from(schemeOf(key.algorithm).initialKey(value, id))
      return call(`the token to take initial key "${key.label}"`, () => take(signer, key, initial))
    })
  },
}

/** What a device encrypted under its data key "data encrypt" of a transaction (X9.24-3:2017, 6.3.2). */
export const dukptDecrypt: Operation<DukptDataArgs, Uint8Array> = {
  variant: ({ key }, signer) => variantOf(signer, key),
  inToken: (signer, args) =>
    withTransactionKey(signer, args, (handle, algorithm) => {
      const usage = { usage: KEY_USAGES.dataEncrypt.code, type: TYPES[algorithm], ...args }
      const working = derive(signer, handle, derivationData(usage), derived(algorithm, ['DECRYPT']))
      return destroying(signer.token, [working], () => decrypt(signer, working, args))
    }),
  clear: (signer, args) => {
    const { key, id, counter } = args
    const algorithm = signer.ring.expect(key, DUKPT_KEYS)
    const base = signer.ring.recordOf(key).usage === 'DUKPT base'
    const ksn = { scheme: schemeOf(algorithm), id, counter }
    return withClearKey(signer, key, 'derive transaction keys', (value) => {
      const transaction = base ? hostTransactionKey(value, ksn) : transactionKey(value, ksn)
      return decryptClear(transaction, ksn, args)
    })
  },
}

/** The working key has the length of the one that it comes from; in TDES it is that of requests (X9.24-1:2009, A.4.1). */
function decryptClear(transaction: Uint8Array, ksn: Ksn, { iv, data }: DukptDataArgs): Uint8Array {
  if (ksn.scheme === TDES_DUKPT) return decryptCbc(tdesWorkingKey(transaction, 'dataRequest'), data, iv)
  const algorithm = `aes-${(transaction.length * 8) as 128 | 192 | 256}` as const
  const working = aesWorkingKey(transaction, ksn, 'dataEncrypt', TYPES[algorithm])
  return createDecipheriv(`${algorithm}-cbc`, working, iv).setAutoPadding(false).update(data)
}

function schemeOf(algorithm: DukptAlgorithm): DukptScheme {
  return algorithm === 'tdes-2' ? TDES_DUKPT : AES_DUKPT
}

/** Keys of one block come by either mechanism, longer ones only by ECB. */
function variantOf({ ring }: Signer, label: string): Variant {
  const algorithm = ring.expect(label, DUKPT_KEYS)
  return algorithm === 'aes-192' ? 'Dukpt aes-256' : `Dukpt ${algorithm}`
}

/** One derivation for each one of the counter, from the left (X9.24-3:2017, 6.4); what lies between is destroyed at once. */
function withTransactionKey<Result>(
  signer: Signer,
  { key, id, counter }: DukptDataArgs,
  action: (handle: pkcs11.Handle, algorithm: AesAlgorithm) => Result,
): Result {
  const { handle, record } = signer.ring.use(key, 'derive transaction keys', AES_KEYS)
  const algorithm = record.algorithm as AesAlgorithm
  const first = record.usage === 'DUKPT base' ? [initialStep(id, algorithm)] : []
  const steps = [...first, ...counterSteps(id, counter, algorithm)]
  return call(`the token to derive a transaction key of "${key}"`, () =>
    along(signer, handle, steps, algorithm, (last) => action(last, algorithm)),
  )
}

function along<Result>(
  signer: Signer,
  from: pkcs11.Handle,
  [step, ...rest]: readonly DerivedKey[],
  algorithm: AesAlgorithm,
  action: (last: pkcs11.Handle) => Result,
): Result {
  if (step === undefined) return action(from)
  const next = derive(signer, from, derivationData(step), derived(algorithm, ['DERIVE']))
  return destroying(signer.token, [next], () => along(signer, next, rest, algorithm, action))
}

function initialStep(id: Uint8Array, algorithm: AesAlgorithm): DerivedKey {
  return { usage: DERIVATION_USAGES.initialKey, type: TYPES[algorithm], id, counter: 0 }
}

function counterSteps(id: Uint8Array, counter: number, algorithm: AesAlgorithm): DerivedKey[] {
  const steps: DerivedKey[] = []
  let reached = 0
  for (let bit = COUNTER_BITS - 1; bit >= 0; bit--) {
    const one = 2 ** bit
    if (Math.floor(counter / one) % 2 === 0) continue
    reached += one
    steps.push({ usage: DERIVATION_USAGES.key, type: TYPES[algorithm], id, counter: reached })
  }
  return steps
}

function derive(
  { token, capabilities }: Signer,
  from: pkcs11.Handle,
  data: Uint8Array,
  attributes: pkcs11.Template,
): pkcs11.Handle {
  if (data.length === BLOCK && capabilities['aes-cbc-derive'] !== null)
    return deriveAesBlock(token, from, data, attributes)
  return deriveEcb(token, pkcs11.CKM_AES_ECB_ENCRYPT_DATA, from, data, attributes)
}

function decrypt(
  { token: { module, session } }: Signer,
  key: pkcs11.Handle,
  { iv, data }: Pick<DukptDataArgs, 'iv' | 'data'>,
): Buffer {
  module.C_DecryptInit(session, { mechanism: pkcs11.CKM_AES_CBC, parameter: Buffer.from(iv) }, key)
  return module.C_Decrypt(session, Buffer.from(data), Buffer.alloc(data.length))
}
