import { createHash } from 'node:crypto'
import { ecdsaDer } from '../../../protocols/x509/signature.ts'
import type { Variant } from '../capabilities/placement.ts'
import { isRsa, type KeyAlgorithm, PAIRS, type PairAlgorithm } from '../hierarchy/algorithms.ts'
import { bufferOf, call } from './cryptoki.ts'
import type { KeyInUse } from './key-ring.ts'
import type { Operation } from './operation.ts'
import { mechanismOf } from './probe.ts'
import { type RsaPadding, signRsa } from './rsa.ts'
import type { Signer } from './signer.ts'

/** `data`: a digest of SHA-256 for ECDSA and RSA, the message for Ed25519; `padding`: of RSA. */
interface SignArgs {
  readonly key: string
  readonly data: Uint8Array
  readonly padding: RsaPadding
}

const SIGNATURE_BYTES = 64

/** 64 bytes: r|s (PKCS#11 3.1, 6.3.1) or R|S (RFC 8032); of RSA as many as the modulus has. */
export const sign: Operation<SignArgs, Uint8Array> = {
  variant: ({ key, padding }, { ring }) => signVariant(ring.expect(key, PAIRS), padding),
  inToken: (signer, { key, data, padding }) =>
    signData(signer, signer.ring.use(key, 'sign', PAIRS), data, padding),
}

/** Which entry of `capabilities/placement.ts` a signature is. */
export function signVariant(algorithm: PairAlgorithm, padding: RsaPadding = 'pkcs1'): Variant {
  return isRsa(algorithm) ? `Sign rsa ${padding}` : `Sign ${algorithm}`
}

/** Signs a whole message: SHA-256 of it with ECDSA and RSA (PKCS #1 v1.5), the message itself with Ed25519. As {@link sign}. */
export function signMessage(signer: Signer, key: KeyInUse, message: Uint8Array): Buffer {
  const whole = key.record.algorithm === 'ed25519'
  const data = whole ? message : createHash('sha256').update(message).digest()
  return signData(signer, key, data, 'pkcs1')
}

/** {@link signMessage} in the form that certificates have (RFC 3279, 2.2; RFC 8410, 6). */
export function signForX509(signer: Signer, key: KeyInUse, message: Uint8Array): Uint8Array {
  const signature = signMessage(signer, key, message)
  return isCurveOfEcdsa(key.record.algorithm) ? ecdsaDer(signature) : signature
}

function isCurveOfEcdsa(algorithm: KeyAlgorithm): boolean {
  return algorithm === 'ec-p256' || algorithm === 'ec-secp256k1'
}

function signData(
  { capabilities, token }: Signer,
  { handle, record }: KeyInUse,
  data: Uint8Array,
  padding: RsaPadding,
): Buffer {
  const { module, session } = token
  const algorithm = record.algorithm as PairAlgorithm
  return call(`the token to sign with key "${record.label}"`, () => {
    if (isRsa(algorithm)) {
      const mechanism = mechanismOf(capabilities, `rsa-${padding}`)
      return signRsa(token, { handle, algorithm }, data, mechanism, padding)
    }
    module.C_SignInit(session, { mechanism: mechanismOf(capabilities, algorithm) }, handle)
    return module.C_Sign(session, bufferOf(data), Buffer.alloc(SIGNATURE_BYTES))
  })
}
