import type pkcs11 from 'pkcs11js'
import type { SealedKey } from '../keys/sealed-key.ts'
import { kcvOf } from './kcv.ts'
import type { NewSecret } from './new-key.ts'
import type { Signer } from './signer.ts'

/** What is kept of a secret key of the session. `single`: its form L|L|L, for retail MACs. */
export function sealSecret(
  signer: Signer,
  key: NewSecret,
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
