import pkcs11 from 'pkcs11js'
import { withOddParity } from '../../../protocols/mac/parity.ts'
import { xor } from '../../../protocols/mac/xor.ts'
import type { Variant } from '../capabilities/placement.ts'
import { HsmError } from '../error.ts'
import {
  ALGORITHMS,
  familyOf,
  isRsa,
  MODULUS_BYTES,
  type PairAlgorithm,
  type SecretAlgorithm,
} from '../hierarchy/algorithms.ts'
import { type KeyUsage, USAGES } from '../hierarchy/usages.ts'
import type { KeyRecord, SealedKey } from '../keys/sealed-key.ts'
import { call } from './cryptoki.ts'
import { deriveEcb } from './derivation.ts'
import { kcvOf } from './kcv.ts'
import { destroying } from './objects.ts'
import type { Operation } from './operation.ts'
import type { Signer } from './signer.ts'
import {
  derivedLeaving,
  generated,
  generatedPair,
  kept,
  known,
  PAIR_GENERATORS,
  readable,
} from './templates.ts'

/** What a caller says of a new key; the signer adds what only it knows. */
export type NewKey<Algorithm> = Omit<KeyRecord, 'algorithm' | 'kcv' | 'publicKey'> & {
  readonly algorithm: Algorithm
}

type Secret = NewKey<SecretAlgorithm>

const GENERATORS: Record<SecretAlgorithm, number> = {
  'aes-128': pkcs11.CKM_AES_KEY_GEN,
  'aes-192': pkcs11.CKM_AES_KEY_GEN,
  'aes-256': pkcs11.CKM_AES_KEY_GEN,
  'tdes-2': pkcs11.CKM_DES2_KEY_GEN,
  'tdes-3': pkcs11.CKM_DES3_KEY_GEN,
  'hmac-sha256': pkcs11.CKM_GENERIC_SECRET_KEY_GEN,
}
const DES_BLOCK = 8
const RETAIL: readonly KeyUsage[] = ['MAC', 'MAC verification', 'card verification']
const POINT_HEADER = 2
const ID_BYTES = 16

/** A new secret key, made in the token and sealed. */
export const generateKey: Operation<{ key: Secret }, SealedKey> = {
  variant: ({ key }) => (isRetail(key) ? 'GenerateKey tdes for retail MAC' : variantOf('GenerateKey', key)),
  inToken: (signer, { key }) =>
    call(`the token to generate key "${key.label}"`, () =>
      isRetail(key) ? generateRetail(signer, key) : generate(signer, key),
    ),
  clear: (signer, { key }) => {
    const { module, session } = signer.token
    const random = module.C_GenerateRandom(session, Buffer.alloc(ALGORITHMS[key.algorithm].bytes))
    return take(signer, key, Buffer.from(withOddParity(random)))
  },
}

/** A key whose value is known: a test key, or one that came in components. `kcv`: to compare with, or null. */
export const importKey: Operation<{ key: Secret; value: Uint8Array; kcv: string | null }, SealedKey> = {
  variant: ({ key }) => variantOf('ImportKey', key),
  inToken: (signer, { key, value, kcv }) => {
    const sealed = call(`the token to take key "${key.label}"`, () => take(signer, key, Buffer.from(value)))
    return kcv === null ? sealed : withKcv(sealed, kcv)
  },
}

/** A zone master key of which each custodian brought a component: their exclusive-or. */
export const importZmk: Operation<
  { key: Secret; components: readonly Uint8Array[]; kcv: string },
  SealedKey
> = {
  variant: ({ key }) => variantOf('ImportKey', key),
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

/** A new key pair, made in the token; its private half is sealed. */
export const generateKeyPair: Operation<{ key: NewKey<PairAlgorithm> }, SealedKey> = {
  variant: ({ key }) => `GenerateKeyPair ${key.algorithm}`,
  inToken: (signer, { key }) =>
    call(`the token to generate key pair "${key.label}"`, () =>
      withNewPair(signer, key, (handle, publicKey) =>
        signer.masters.seal({
          record: { ...key, kcv: null, publicKey },
          singleBlob: '',
          ...wrapOrKeep(signer, handle, key.label),
        }),
      ),
    ),
}

/** SoftHSM2 wraps no Ed25519 keys: such a key becomes an object of the token, which no other one can have. */
function wrapOrKeep(
  signer: Signer,
  handle: pkcs11.Handle,
  label: string,
): { blob: string; objectId: string } {
  const { module, session } = signer.token
  try {
    return { blob: signer.masters.wrap(handle), objectId: '' }
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('CKR_KEY_NOT_WRAPPABLE'))) throw error
    if (signer.shared)
      throw new HsmError(
        'MECHANISM_MISSING',
        `expected key "${label}" to be one that all tokens of the group can hold, got one that the token wraps by no mechanism`,
      )
    const id = module.C_GenerateRandom(session, Buffer.alloc(ID_BYTES))
    module.C_CopyObject(session, handle, kept(id))
    return { blob: '', objectId: id.toString('hex') }
  }
}

/** A key of this session with its seal: for what must happen before it is destroyed. */
export function withNewSecret<Result>(
  signer: Signer,
  algorithm: SecretAlgorithm,
  action: (key: pkcs11.Handle) => Result,
): Result {
  const { module, session } = signer.token
  const key = module.C_GenerateKey(session, { mechanism: GENERATORS[algorithm] }, generated(algorithm))
  return destroying(signer.token, [key], () => action(key))
}

/** As {@link withNewSecret}; `publicKey` as in {@link KeyRecord}. */
export function withNewPair<Result>(
  signer: Signer,
  { algorithm, usage }: { algorithm: PairAlgorithm; usage: KeyUsage },
  action: (privateKey: pkcs11.Handle, publicKey: string) => Result,
): Result {
  const { module, session } = signer.token
  const mechanism = PAIR_GENERATORS[algorithm]
  const templates = generatedPair(algorithm, USAGES[usage].uses[familyOf(algorithm)])
  const pair = module.C_GenerateKeyPair(session, { mechanism }, templates.public, templates.private)
  return destroying(signer.token, [pair.publicKey, pair.privateKey], () => {
    const value = publicValue(signer, pair.publicKey, algorithm)
    return action(pair.privateKey, value.toString('hex').toUpperCase())
  })
}

function publicValue(
  { token: { module, session } }: Signer,
  key: pkcs11.Handle,
  algorithm: PairAlgorithm,
): Buffer {
  const type = isRsa(algorithm) ? pkcs11.CKA_MODULUS : pkcs11.CKA_EC_POINT
  const [attribute] = module.C_GetAttributeValue(session, key, [{ type }])
  const value = Buffer.from((attribute?.value as Buffer) ?? [])
  return isRsa(algorithm) ? value.subarray(-MODULUS_BYTES[algorithm]) : value.subarray(POINT_HEADER)
}

export function sealSecret(
  signer: Signer,
  key: Secret,
  handle: pkcs11.Handle,
  single?: pkcs11.Handle,
): SealedKey {
  const { masters, token } = signer
  return masters.seal({
    record: { ...key, kcv: kcvOf(token, handle, key.algorithm), publicKey: null },
    blob: masters.wrap(handle),
    singleBlob: single === undefined ? '' : masters.wrap(single),
    objectId: '',
  })
}

/** Two-key TDES for MACs and card values comes in two forms, of which the token makes one out of the other in no way. */
function isRetail({ algorithm, usage }: { algorithm: SecretAlgorithm; usage: KeyUsage }): boolean {
  return algorithm === 'tdes-2' && RETAIL.includes(usage)
}

function generate(signer: Signer, key: Secret): SealedKey {
  return withNewSecret(signer, key.algorithm, (handle) => sealSecret(signer, key, handle))
}

/** L = E(seed, d1), R = E(seed, d2): L|R from d1|d2, L|L|L from d1|d1|d1; the seed is destroyed. */
function generateRetail(signer: Signer, key: Secret): SealedKey {
  const { token } = signer
  const { module, session } = token
  const ecb = pkcs11.CKM_DES3_ECB_ENCRYPT_DATA
  const seed = module.C_GenerateKey(
    session,
    { mechanism: pkcs11.CKM_DES3_KEY_GEN },
    generated('tdes-3', ['DERIVE']),
  )
  return destroying(token, [seed], () => {
    const data = module.C_GenerateRandom(session, Buffer.alloc(2 * DES_BLOCK))
    const left = data.subarray(0, DES_BLOCK)
    const double = deriveEcb(token, ecb, seed, data, derivedLeaving('tdes-2'))
    const single = deriveEcb(token, ecb, seed, Buffer.concat([left, left, left]), derivedLeaving('tdes-3'))
    return destroying(token, [double, single], () => sealSecret(signer, key, double, single))
  })
}

/** A key from its value, which is overwritten. */
export function take(signer: Signer, key: Secret, value: Buffer): SealedKey {
  const { module, session } = signer.token
  const left = value.subarray(0, DES_BLOCK)
  try {
    const handles = [module.C_CreateObject(session, known(key.algorithm, value))]
    if (isRetail(key))
      handles.push(module.C_CreateObject(session, known('tdes-3', Buffer.concat([left, left, left]))))
    const [handle, single] = handles
    const sealed = destroying(signer.token, handles, () =>
      sealSecret(signer, key, handle as pkcs11.Handle, single),
    )
    expectAllBits(signer, sealed, key, value)
    return sealed
  } finally {
    value.fill(0)
  }
}

/** Keys of TDES DUKPT are data too (X9.24-1:2009, A.2), parity bits and all: a token that adjusts those would derive other keys. */
function expectAllBits({ masters }: Signer, { blob }: SealedKey, key: Secret, value: Buffer): void {
  if (key.usage !== 'DUKPT initial' || key.algorithm !== 'tdes-2') return
  const kept = masters.read(blob, readable(key.algorithm))
  const same = kept.equals(value)
  kept.fill(0)
  if (!same)
    throw new HsmError(
      'MECHANISM_MISSING',
      `expected a token that keeps all bits of "${key.label}", got one that adjusts the parity of TDES keys`,
    )
}

function variantOf(operation: 'GenerateKey' | 'ImportKey', { algorithm }: Secret): Variant {
  return `${operation} ${familyOf(algorithm) as 'aes' | 'tdes' | 'hmac'}`
}
