import type { X509Certificate } from 'node:crypto'
import { equal } from '../../../protocols/bytes/bytes.ts'
import { spkiOf } from '../../../protocols/x509/public-key.ts'
import { HsmError } from '../error.ts'
import type { KeyRecord } from '../keys/sealed-key.ts'
import { publicKeyIn } from './certificates.ts'

/** Throws INVALID_INPUT_DATA unless a certificate is of this key pair. */
export function expectOwn({ publicKey }: X509Certificate, record: KeyRecord): void {
  if (equal(spkiOf(publicKey), spkiOf(publicKeyIn(record)))) return
  throw new HsmError(
    'INVALID_INPUT_DATA',
    `expected the certificate of key "${record.label}", got one of another key`,
  )
}

/** Throws INVALID_INPUT_DATA unless a chain of issuers ends in the authority that is trusted by itself: what a caller brings trusts nobody. */
export function expectAnchored(issuers: readonly X509Certificate[], authority: KeyRecord): void {
  const last = issuers.at(-1)
  if (last !== undefined && equal(spkiOf(last.publicKey), spkiOf(publicKeyIn(authority)))) return
  throw new HsmError(
    'INVALID_INPUT_DATA',
    `expected issuers up to the authority "${authority.label}", got ${issuers.length} that end elsewhere`,
  )
}
