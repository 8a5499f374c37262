import type { KeyObject } from 'node:crypto'
import { equal } from '../bytes/bytes.ts'
import { parseTbs } from '../cms/crl.ts'
import { DerError } from '../der/error.ts'
import { Fields, only } from '../der/fields.ts'
import { parseDer } from '../der/reader.ts'
import { contextTag, TAG } from '../der/tags.ts'
import { smallInteger } from '../der/values.ts'
import { readSpki } from './public-key.ts'
import { readInfo } from './request.ts'
import { signatureAlgorithm } from './signature.ts'

const VERSION_3 = 2

/**
 * What a key is asked to sign, read before it does: the first element of each form tells it from the others, so that a signature for one is
 * none for another. `signer`: public half of the key. All throw DerError for anything else.
 */
export const TO_BE_SIGNED = {
  /** TBSCertificate of version 3 (RFC 5280, 4.1.2): the public key that is certified. */
  certificate: readTbsCertificate,
  /** TBSCertList (RFC 5280, 5.1.2). */
  crl: (bytes: Uint8Array, signer: KeyObject): void => {
    parseTbs(parseDer(bytes), signatureAlgorithm(signer))
  },
  /** CertificationRequestInfo (RFC 2986, 4.1): the public key that a certificate is asked for. */
  request: (bytes: Uint8Array): KeyObject => readInfo(parseDer(bytes)).publicKey,
}

function readTbsCertificate(bytes: Uint8Array, signer: KeyObject): KeyObject {
  const fields = new Fields(parseDer(bytes), TAG.sequence, 'TBSCertificate')
  const version = smallInteger(only(fields.take(contextTag(0), 'version'), contextTag(0), 'version'))
  if (version !== VERSION_3) throw new DerError(`TBSCertificate: expected version 3, got ${version + 1}`)
  fields.take(TAG.integer, 'serialNumber')
  // RFC 5280, 4.1.1.2: the same inside and outside of what is signed.
  if (!equal(fields.take(TAG.sequence, 'signature').raw, signatureAlgorithm(signer)))
    throw new DerError('TBSCertificate: expected the algorithm of the key that signs')
  for (const field of ['issuer', 'validity', 'subject']) fields.take(TAG.sequence, field)
  const publicKey = readSpki(fields.take(TAG.sequence, 'subjectPublicKeyInfo').raw)
  fields.take(contextTag(3), 'extensions')
  fields.end()
  return publicKey
}
