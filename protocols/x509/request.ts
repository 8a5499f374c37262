import type { KeyObject } from 'node:crypto'
import { DerError } from '../der/error.ts'
import { Fields } from '../der/fields.ts'
import { type Der, parseDer } from '../der/reader.ts'
import { contextTag, TAG } from '../der/tags.ts'
import { bitStringBytes, smallInteger } from '../der/values.ts'
import { bitString, context, integer, sequence } from '../der/writer.ts'
import type { Verdict } from '../verdict/verdict.ts'
import { isStrong } from './key-strength.ts'
import { type Name, readName, writeName } from './name.ts'
import { readSpki, spkiOf } from './public-key.ts'
import { judgedX509, refuse, type X509Reason } from './reasons.ts'
import { type Sign, signatureAlgorithm, verifies } from './signature.ts'

/** Whom a certificate is asked for. */
export interface CertificateRequest {
  subject: Name
  publicKey: KeyObject
}

/** A request in DER (PKCS #10, RFC 2986, 4), signed by the key that it is about. Throws what `sign` throws. */
export async function buildRequest(
  { subject, publicKey }: CertificateRequest,
  sign: Sign,
): Promise<Uint8Array> {
  const info = sequence(integer(0), writeName(subject), spkiOf(publicKey), context(0))
  return sequence(info, signatureAlgorithm(publicKey), bitString(await sign(info)))
}

/** Opens a request: it has the form, its key is strong enough, and its holder has the private key. Attributes are not looked at. */
export function openRequest(bytes: Uint8Array): Verdict<CertificateRequest, X509Reason> {
  return judgedX509(() => {
    const fields = new Fields(parseDer(bytes), TAG.sequence, 'CertificationRequest')
    const info = fields.take(TAG.sequence, 'certificationRequestInfo')
    const identifier = fields.take(TAG.sequence, 'signatureAlgorithm').raw
    const signature = bitStringBytes(fields.take(TAG.bitString, 'signature'))
    fields.end()
    const request = readInfo(info)
    if (!isStrong(request.publicKey)) refuse('weak')
    if (!verifies(request.publicKey, identifier, info.raw, signature)) refuse('signature')
    return request
  })
}

/** Reads a CertificationRequestInfo, the part of a request that is signed. Throws DerError. */
export function readInfo(info: Der): CertificateRequest {
  const fields = new Fields(info, TAG.sequence, 'CertificationRequestInfo')
  const version = smallInteger(fields.take(TAG.integer, 'version'))
  if (version !== 0) throw new DerError(`CertificationRequestInfo: expected version 0, got ${version}`)
  const subject = readName(fields.take(TAG.sequence, 'subject').raw)
  const publicKey = readSpki(fields.take(TAG.sequence, 'subjectPKInfo').raw)
  fields.take(contextTag(0), 'attributes')
  fields.end()
  return { subject, publicKey }
}
