import pkcs11 from 'pkcs11js'
import { withOddParity } from '../../../protocols/mac/parity.ts'
import { HsmError } from '../error.ts'
import { ALGORITHMS, type PairAlgorithm } from '../hierarchy/algorithms.ts'
import type { SealedKey } from '../keys/sealed-key.ts'
import { call } from './cryptoki.ts'
import { deriveEcb } from './derivation.ts'
import { withNewPair, withNewSecret } from './generated-keys.ts'
import { take } from './known-keys.ts'
import { generationVariant, isRetail, type NewKey, type NewSecret } from './new-key.ts'
import { destroying } from './objects.ts'
import type { Operation } from './operation.ts'
import { sealSecret } from './seal-secret.ts'
import type { Signer } from './signer.ts'
import { derivedLeaving, generated, kept } from './templates.ts'

const DES_BLOCK = 8
const ID_BYTES = 16

/** A new secret key, made in the token and sealed. */
export const generateKey: Operation<{ key: NewSecret }, SealedKey> = {
  variant: ({ key }) => generationVariant(key),
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

function generate(signer: Signer, key: NewSecret): SealedKey {
  return withNewSecret(signer, key.algorithm, (handle) => sealSecret(signer, key, handle))
}

/** L = E(seed, d1), R = E(seed, d2): L|R from d1|d2, L|L|L from d1|d1|d1; the seed is destroyed. */
function generateRetail(signer: Signer, key: NewSecret): SealedKey {
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
