import type { X509Certificate } from 'node:crypto'
import { equal } from '../bytes/bytes.ts'
import { DerError } from '../der/error.ts'
import { Fields } from '../der/fields.ts'
import { type Der, parseDer } from '../der/reader.ts'
import { contextTag, TAG } from '../der/tags.ts'
import { bitStringBytes, integerBytes, smallInteger, time } from '../der/values.ts'
import { bitString, context, encodeDer, integer, octetString, oid, sequence, timeOf } from '../der/writer.ts'
import { type Sign, signatureAlgorithm, verifies } from '../x509/signature.ts'
import { type SigningParty, subjectOf } from './identity.ts'
import { OID } from './oids.ts'

/** A certificate revocation list, RFC 5280, 5.1. */
export interface Crl {
  /** Name in DER. */
  issuer: Uint8Array
  thisUpdate: Date
  nextUpdate: Date
  revoked: readonly Revocation[]
  /** What is signed. */
  tbs: Uint8Array
  /** AlgorithmIdentifier in DER. */
  algorithm: Uint8Array
  signature: Uint8Array
}

export interface Revocation {
  /** Contents octets of the serial number. */
  serial: Uint8Array
  at: Date
}

/** What a list to be made says. `number` rises from list to list (RFC 5280, 5.2.3). */
export interface CrlContent {
  number: number
  thisUpdate: Date
  nextUpdate: Date
  revoked: readonly Revocation[]
}

const VERSION_2 = 1
const TIMES = [TAG.utcTime, TAG.generalizedTime]

/** A CRL in DER, signed by the algorithm of the issuer's key. */
export function buildCrl(issuer: SigningParty, content: CrlContent): Uint8Array {
  const tbs = tbsCertList(issuer.certificate, content)
  return assembled(issuer.certificate, tbs, issuer.sign(tbs))
}

/** {@link buildCrl} for a key that signs elsewhere, such as in a token. */
export async function issueCrl(
  { certificate, sign }: { certificate: X509Certificate; sign: Sign },
  content: CrlContent,
): Promise<Uint8Array> {
  const tbs = tbsCertList(certificate, content)
  return assembled(certificate, tbs, await sign(tbs))
}

function tbsCertList(
  issuer: X509Certificate,
  { number, thisUpdate, nextUpdate, revoked }: CrlContent,
): Uint8Array {
  const entries = revoked.map(({ serial, at }) => sequence(encodeDer(TAG.integer, serial), timeOf(at)))
  return sequence(
    integer(VERSION_2),
    signatureAlgorithm(issuer.publicKey),
    subjectOf(issuer),
    timeOf(thisUpdate),
    timeOf(nextUpdate),
    // RFC 5280, 5.1.2.6: absent when there is none.
    ...(entries.length === 0 ? [] : [sequence(...entries)]),
    context(0, sequence(sequence(oid(OID.crlNumber), octetString(integer(number))))),
  )
}

function assembled(issuer: X509Certificate, tbs: Uint8Array, signature: Uint8Array): Uint8Array {
  return sequence(tbs, signatureAlgorithm(issuer.publicKey), bitString(signature))
}

/** Reads a CRL that has no critical extensions. Throws DerError. */
export function parseCrl(bytes: Uint8Array): Crl {
  const fields = new Fields(parseDer(bytes), TAG.sequence, 'CertificateList')
  const tbs = fields.take(TAG.sequence, 'tbsCertList')
  const algorithm = fields.take(TAG.sequence, 'signatureAlgorithm').raw
  const signature = bitStringBytes(fields.take(TAG.bitString, 'signatureValue'))
  fields.end()
  return { ...parseTbs(tbs, algorithm), tbs: tbs.raw, algorithm, signature }
}

/** What is wrong with a list at a time: null, or that the certificate's holder did not sign it, or that it is not of this time. */
export function checkCrl(crl: Crl, issuer: X509Certificate, at: Date): 'untrusted' | 'expired' | null {
  const genuine =
    equal(crl.issuer, subjectOf(issuer)) && verifies(issuer.publicKey, crl.algorithm, crl.tbs, crl.signature)
  if (!genuine) return 'untrusted'
  return at < crl.thisUpdate || at > crl.nextUpdate ? 'expired' : null
}

/** Whether a list names a certificate. `serial`: contents octets. */
export function isRevoked(crl: Crl, serial: Uint8Array): boolean {
  return crl.revoked.some((entry) => equal(entry.serial, serial))
}

/** Reads a TBSCertList, the part of a list that is signed; `algorithm`: of the signature, AlgorithmIdentifier in DER. Throws DerError. */
export function parseTbs(
  der: Der,
  algorithm: Uint8Array,
): Pick<Crl, 'issuer' | 'thisUpdate' | 'nextUpdate' | 'revoked'> {
  const fields = new Fields(der, TAG.sequence, 'TBSCertList')
  if (smallInteger(fields.take(TAG.integer, 'version')) !== VERSION_2)
    throw new DerError('CRL: expected version 2')
  // RFC 5280, 5.1.1.2: the same inside and outside of what is signed.
  if (!equal(fields.take(TAG.sequence, 'signature').raw, algorithm))
    throw new DerError('CRL: expected one signature algorithm')
  const issuer = fields.take(TAG.sequence, 'issuer').raw
  const thisUpdate = time(fields.any('thisUpdate'))
  const next = fields.optional(...TIMES)
  // RFC 5280, 5.1.2.5 requires it: a list without an end would never be renewed.
  if (next === undefined) throw new DerError('CRL: expected nextUpdate')
  const revoked = (fields.optional(TAG.sequence)?.children ?? []).map(parseEntry)
  expectNothingCritical(fields.optional(contextTag(0)))
  fields.end()
  return { issuer, thisUpdate, nextUpdate: time(next), revoked }
}

function parseEntry(der: Der): Revocation {
  const fields = new Fields(der, TAG.sequence, 'revokedCertificate')
  const serial = integerBytes(fields.take(TAG.integer, 'userCertificate'))
  const at = time(fields.any('revocationDate'))
  fields.optional(TAG.sequence)
  fields.end()
  return { serial, at }
}

// RFC 5280, 5.2: a list with a critical extension that is not understood must not be used.
function expectNothingCritical(extensions: Der | undefined): void {
  for (const extension of extensions?.children[0]?.children ?? []) {
    const critical = extension.children[1]
    if (critical?.tag === TAG.boolean && critical.value[0] !== 0)
      throw new DerError('CRL: expected no critical extensions')
  }
}
