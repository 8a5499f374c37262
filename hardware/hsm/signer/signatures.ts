import type { PairAlgorithm } from '../hierarchy/algorithms.ts'
import { bufferOf, call } from './cryptoki.ts'
import type { Operation } from './operation.ts'
import { mechanismOf } from './probe.ts'

const PAIRS = ['ec-p256', 'ec-secp256k1', 'ed25519'] as const
const SIGNATURE_BYTES = 64

/** `data`: a digest for ECDSA, the message for Ed25519; 64 bytes: r|s (PKCS#11 3.1, 6.3.1) or R|S (RFC 8032). */
export const sign: Operation<{ readonly key: string; readonly data: Uint8Array }, Uint8Array> = {
  variant: ({ key }, { ring }) => `Sign ${ring.expect(key, PAIRS)}`,
  inToken: ({ capabilities, ring, token }, { key, data }) => {
    const { module, session } = token
    const { handle, record } = ring.use(key, 'sign', PAIRS)
    const mechanism = mechanismOf(capabilities, record.algorithm as PairAlgorithm)
    return call(`the token to sign with key "${key}"`, () => {
      module.C_SignInit(session, { mechanism }, handle)
      return module.C_Sign(session, bufferOf(data), Buffer.alloc(SIGNATURE_BYTES))
    })
  },
}
