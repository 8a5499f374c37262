import type pkcs11 from 'pkcs11js'
import type { Capabilities } from '../capabilities/features.ts'
import { SEALINGS, type SealingName } from '../keys/sealings.ts'
import type { TokenSession } from './cryptoki.ts'
import { mechanismOf } from './probe.ts'
import { unwrapKey } from './unwrapping.ts'

/** PKCS #8 of an RSA key of 3072 bits has 1,795 bytes at most. */
const WRAPPED_BYTES_AT_MOST = 2048
const IV_BYTES = 16
const NO_IV = Buffer.alloc(IV_BYTES)

/** A way to wrap keys under the storage key. */
export interface Sealing {
  wrap(token: TokenSession, storage: pkcs11.Handle, key: pkcs11.Handle): Buffer
  /** A key that is as closed as `attributes` say. */
  unwrap(
    token: TokenSession,
    storage: pkcs11.Handle,
    blob: Buffer,
    attributes: pkcs11.Template,
  ): pkcs11.Handle
  /** What the storage key makes of a key that is no secret, the same each time. */
  imprint(token: TokenSession, storage: pkcs11.Handle, key: pkcs11.Handle): Buffer
}

/** What the token can do of {@link SEALINGS}, the one that is taken for new keys first; empty when it can do none. */
export function sealingsOf(capabilities: Capabilities): ReadonlyMap<SealingName, Sealing> {
  const there = Object.entries(SEALINGS).filter(([, { feature }]) => capabilities[feature] !== null)
  return new Map(
    there.map(([name, { feature }]) => [
      name as SealingName,
      MAKERS[name as SealingName](mechanismOf(capabilities, feature)),
    ]),
  )
}

const MAKERS: Record<SealingName, (mechanism: number) => Sealing> = {
  // RFC 5649 authenticates what it wraps, and needs no vector.
  'aes-kwp': (mechanism) => {
    const wrap: Sealing['wrap'] = (token, storage, key) => wrapKey(token, { mechanism }, storage, key)
    return {
      wrap,
      unwrap: (token, storage, blob, attributes) =>
        unwrapKey(token, { mechanism }, storage, blob, attributes),
      imprint: wrap,
    }
  },
  // A vector of the token's own for each key, in front of what it wraps.
  'aes-cbc-pad': (mechanism) => ({
    wrap: (token, storage, key) => {
      const parameter = token.module.C_GenerateRandom(token.session, Buffer.alloc(IV_BYTES))
      return Buffer.concat([parameter, wrapKey(token, { mechanism, parameter }, storage, key)])
    },
    unwrap: (token, storage, blob, attributes) => {
      const parameter = blob.subarray(0, IV_BYTES)
      return unwrapKey(token, { mechanism, parameter }, storage, blob.subarray(IV_BYTES), attributes)
    },
    imprint: (token, storage, key) => wrapKey(token, { mechanism, parameter: NO_IV }, storage, key),
  }),
}

function wrapKey(
  { module, session }: TokenSession,
  mechanism: pkcs11.Mechanism,
  storage: pkcs11.Handle,
  key: pkcs11.Handle,
): Buffer {
  return module.C_WrapKey(session, mechanism, storage, key, Buffer.alloc(WRAPPED_BYTES_AT_MOST))
}
