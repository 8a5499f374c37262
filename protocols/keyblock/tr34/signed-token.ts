import type { X509Certificate } from 'node:crypto'
import { identityOf, sameIdentity } from '../../cms/identity.ts'
import { OID } from '../../cms/oids.ts'
import { type Attributes, checkSignature, parseSignedData, type SignedData } from '../../cms/signed-data.ts'
import { parseDer } from '../../der/reader.ts'
import { sameMac } from '../../mac/compare.ts'
import { readRandom } from './random-token.ts'
import { refuse } from './reasons.ts'

/** A token whose signature is the expected signer's. */
export interface SignedToken extends SignedData {
  content: Uint8Array
  attributes: Attributes
}

/**
 * Reads a token and holds its only signature against the certificate that must have signed it: first who signed, then the content, then
 * the signature. Throws Refused or DerError.
 */
export function readSigned(
  token: Uint8Array,
  certificate: X509Certificate,
  contentType: string,
): SignedToken {
  const signed = parseSignedData(token)
  const [signer, ...others] = signed.signers
  const { content } = signed
  if (signer === undefined || others.length > 0 || content === null || signed.contentType !== contentType)
    return refuse('malformed', `expected content of type ${contentType} and one signature`)
  if (!sameIdentity(signer.signer, identityOf(certificate))) refuse('signer-unknown')
  const wrong = checkSignature(signed, signer, certificate.publicKey)
  if (wrong !== null) refuse(wrong)
  return { ...signed, content, attributes: signer.attributes }
}

/** Refuses attributes without the random number that was sent, or with one when none was. Throws Refused or DerError. */
export function expectRandom(attributes: Attributes, sent: Uint8Array | null): void {
  const signed = attributes[OID.randomNonce]
  if (sent === null && signed !== undefined) refuse('random-unexpected')
  if (sent === null) return
  const random = readRandom(parseDer(signed ?? refuse('random-missing')))
  if (!sameMac(random, sent)) refuse('random-wrong')
}
