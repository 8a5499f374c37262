import { HsmError } from '../error.ts'
import type { Operation } from './operation.ts'
import { signMessage, signVariant } from './signatures.ts'

/** RFC 9421, 3.3: the kinds of key that POS API and Open Payments know. */
const SIGNING = ['ec-p256', 'ed25519'] as const
/** The last line of a signature base (RFC 9421, 2.5), which nothing else that is signed here has. */
const PARAMETERS = /(?:^|\n)"@signature-params": \([^\n]*$/

/** A signature over the base of an HTTP message signature; 64 bytes, r|s (RFC 9421, 3.3.4) or R|S (3.3.6). */
export const signRequest: Operation<{ readonly key: string; readonly base: Uint8Array }, Uint8Array> = {
  variant: ({ key }, { ring }) => signVariant(ring.expect(key, SIGNING)),
  inToken: (signer, { key, base }) => {
    const used = signer.ring.use(key, 'sign requests', SIGNING)
    if (!PARAMETERS.test(Buffer.from(base).toString('latin1')))
      throw new HsmError(
        'INVALID_INPUT_DATA',
        'expected a signature base of RFC 9421 with its parameters at the end, got something else',
      )
    return signMessage(signer, used, base)
  },
}
