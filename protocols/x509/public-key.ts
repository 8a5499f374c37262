import { createPublicKey, type KeyObject } from 'node:crypto'
import { DerError } from '../der/error.ts'

/** SubjectPublicKeyInfo in DER (RFC 5280, 4.1.2.7). */
export function spkiOf(key: KeyObject): Uint8Array {
  return new Uint8Array(key.export({ type: 'spki', format: 'der' }))
}

/** Throws DerError. */
export function readSpki(der: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(der), type: 'spki', format: 'der' })
  } catch {
    throw new DerError('SubjectPublicKeyInfo: expected a key that can be read')
  }
}
