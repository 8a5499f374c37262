import type pkcs11 from 'pkcs11js'
import { HsmError } from '../error.ts'
import { USAGES } from '../hierarchy/usages.ts'
import type { SealedKey } from '../keys/sealed-key.ts'
import { call } from './cryptoki.ts'
import { withNewPair, withNewSecret } from './generated-keys.ts'
import type { NewKey } from './new-key.ts'
import type { Operation } from './operation.ts'
import { mechanismOf } from './probe.ts'
import { sealSecret } from './seal-secret.ts'
import type { Signer } from './signer.ts'

const WRAPPED_BYTES_AT_MOST = 256

interface CardKeyArgs {
  readonly transportKey: string
  readonly key: NewKey<'aes-128' | 'ec-p256'>
}

/** `wrapped`: what the card gets; RFC 5649 over 16 key bytes or a PKCS#8 DER. `key`: what the issuer keeps. */
interface NewCardKey {
  readonly wrapped: Uint8Array
  readonly key: SealedKey
}

/**
 * Generates a card key in the token and wraps it once for the card. The issuer keeps an AES key that cannot be wrapped again for anybody
 * else, or the public key alone.
 */
export const generateCardKey: Operation<CardKeyArgs, NewCardKey> = {
  variant: ({ key }) => `GenerateCardKey ${key.algorithm}`,
  inToken: (signer, { transportKey, key }) => {
    const transport = signer.ring.use(transportKey, 'wrap card keys')
    if (!USAGES[key.usage].leavesUnder.includes(transport.record.usage))
      throw new HsmError(
        'KEY_NOT_EXPORTABLE',
        `expected a key that may leave under "${transportKey}", got "${key.usage}"`,
      )
    return call(`the token to generate and wrap key "${key.label}"`, () =>
      key.algorithm === 'aes-128'
        ? generateAes(signer, transport.handle, { ...key, algorithm: 'aes-128' })
        : generateP256(signer, transport.handle, key),
    )
  },
}

function generateAes(signer: Signer, transport: pkcs11.Handle, key: NewKey<'aes-128'>): NewCardKey {
  return withNewSecret(signer, key.algorithm, (handle) => ({
    wrapped: wrap(signer, transport, handle),
    key: sealSecret(signer, key, handle),
  }))
}

function generateP256(signer: Signer, transport: pkcs11.Handle, key: CardKeyArgs['key']): NewCardKey {
  return withNewPair(signer, { algorithm: 'ec-p256', usage: key.usage }, (handle, publicKey) => ({
    wrapped: wrap(signer, transport, handle),
    key: signer.masters.seal({
      record: { ...key, kcv: null, publicKey },
      blob: '',
      singleBlob: '',
      objectId: '',
    }),
  }))
}

function wrap({ token, capabilities }: Signer, transport: pkcs11.Handle, key: pkcs11.Handle): Uint8Array {
  const { module, session } = token
  const mechanism = mechanismOf(capabilities, 'key-wrap-pad')
  return module.C_WrapKey(session, { mechanism }, transport, key, Buffer.alloc(WRAPPED_BYTES_AT_MOST))
}
