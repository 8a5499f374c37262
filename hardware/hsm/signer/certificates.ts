import type { KeyObject } from 'node:crypto'
import { DerError } from '../../../protocols/der/error.ts'
import { isStrong } from '../../../protocols/x509/key-strength.ts'
import { spkiOf } from '../../../protocols/x509/public-key.ts'
import { TO_BE_SIGNED } from '../../../protocols/x509/to-be-signed.ts'
import { HsmError } from '../error.ts'
import type { PairAlgorithm } from '../hierarchy/algorithms.ts'
import type { Purpose } from '../hierarchy/usages.ts'
import type { KeyRecord } from '../keys/sealed-key.ts'
import { publicKeyOf } from '../public-key.ts'
import type { Operation } from './operation.ts'
import { signForX509, signVariant } from './signatures.ts'

/** `data`: what is signed, DER. */
interface SignDerArgs {
  readonly key: string
  readonly data: Uint8Array
}

/** Those that certificates here may have (`protocols/x509/signature.ts`). */
const CERTIFIABLE = ['ec-p256', 'ed25519', 'rsa-2048', 'rsa-3072'] as const

/** An authority's signature over a TBSCertificate, of a key that is strong enough. */
export const signCertificate = signing('sign certificates', (data, own) => {
  if (!isStrong(TO_BE_SIGNED.certificate(data, own)))
    throw new HsmError('KEY_TOO_WEAK', 'expected a strong key to be certified, got another one')
})

/** An authority's signature over a TBSCertList. */
export const signCrl = signing('sign revocation lists', TO_BE_SIGNED.crl)

/** A key's signature over a CertificationRequestInfo for itself. */
export const signCsr = signing('request certificates', (data, own) => {
  if (!Buffer.from(spkiOf(own)).equals(spkiOf(TO_BE_SIGNED.request(data))))
    throw new HsmError(
      'INVALID_INPUT_DATA',
      'expected a request for the key that signs it, got one for another',
    )
})

/** `read` throws DerError for what is not of the form that the purpose is for. */
function signing(
  purpose: Purpose,
  read: (data: Uint8Array, own: KeyObject) => void,
): Operation<SignDerArgs, Uint8Array> {
  return {
    variant: ({ key }, { ring }) => signVariant(ring.expect(key, CERTIFIABLE)),
    inToken: (signer, { key, data }) => {
      const used = signer.ring.use(key, purpose, CERTIFIABLE)
      asInput(() => read(data, publicKeyIn(used.record)))
      return signForX509(signer, used, data)
    },
  }
}

/** The public half of a pair, as its record has it. */
export function publicKeyIn({ algorithm, publicKey }: KeyRecord): KeyObject {
  return publicKeyOf({ algorithm: algorithm as PairAlgorithm, hex: publicKey ?? '' })
}

/** DerErrors, of what a caller gave, as INVALID_INPUT_DATA. */
export function asInput<Result>(read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    throw error instanceof DerError
      ? new HsmError('INVALID_INPUT_DATA', `expected DER, ${error.message}`)
      : error
  }
}
