import type { X509Certificate } from 'node:crypto'
import { equal } from '../bytes/bytes.ts'
import { DerError } from '../der/error.ts'
import { Fields } from '../der/fields.ts'
import { type Der, parseDer } from '../der/reader.ts'
import { contextTag, TAG } from '../der/tags.ts'
import { bitStringBytes, integerBytes, smallInteger, time } from '../der/values.ts'
import { bitString, context, encodeDer, integer, octetString, oid, sequence, timeOf } from '../der/writer.ts'
import { algorithm, expectAlgorithm } from './algorithm.ts'
import { type SigningParty, subjectOf, verifiesRsa } from './identity.ts'
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
const SIGNATURE = algorithm(OID.sha256WithRsaEncryption)

/** A CRL in DER, signed with RSA and SHA-256. */
export function buildCrl(
  issuer: SigningParty,
  { number, thisUpdate, nextUpdate, revoked }: CrlContent,
): Uint8Array {
  const entries = revoked.map(({ serial, at }) => sequence(encodeDer(TAG.integer, serial), timeOf(at)))
  const tbs = sequence(
    integer(VERSION_2),
    SIGNATURE,
    subjectOf(issuer.certificate),
    timeOf(thisUpdate),
    timeOf(nextUpdate),
    // RFC 5280, 5.1.2.6: absent when there is none.
    ...(entries.length === 0 ? [] : [sequence(...entries)]),
    context(0, sequence(sequence(oid(OID.crlNumber), octetString(integer(number))))),
  )
  return sequence(tbs, SIGNATURE, bitString(issuer.sign(tbs)))
}

/** Reads a CRL that is signed with RSA and SHA-256 and has no critical extensions. Throws DerError. */
export function parseCrl(bytes: Uint8Array): Crl {
  const fields = new Fields(parseDer(bytes), TAG.sequence, 'CertificateList')
  const tbs = fields.take(TAG.sequence, 'tbsCertList')
  expectAlgorithm(fields.take(TAG.sequence, 'signatureAlgorithm'), 'CRL', OID.sha256WithRsaEncryption)
  const signature = bitStringBytes(fields.take(TAG.bitString, 'signatureValue'))
  fields.end()
  return { ...parseTbs(tbs), tbs: tbs.raw, signature }
}

/** What is wrong with a list at a time: null, or that the certificate's holder did not sign it, or that it is not of this time. */
export function checkCrl(crl: Crl, issuer: X509Certificate, at: Date): 'untrusted' | 'expired' | null {
  const genuine =
    equal(crl.issuer, subjectOf(issuer)) && verifiesRsa(issuer.publicKey, crl.tbs, crl.signature)
  if (!genuine) return 'untrusted'
  return at < crl.thisUpdate || at > crl.nextUpdate ? 'expired' : null
}

/** Whether a list names a certificate. `serial`: contents octets. */
export function isRevoked(crl: Crl, serial: Uint8Array): boolean {
  return crl.revoked.some((entry) => equal(entry.serial, serial))
}

function parseTbs(der: Der): Omit<Crl, 'tbs' | 'signature'> {
  const fields = new Fields(der, TAG.sequence, 'TBSCertList')
  if (smallInteger(fields.take(TAG.integer, 'version')) !== VERSION_2)
    throw new DerError('CRL: expected version 2')
  expectAlgorithm(fields.take(TAG.sequence, 'signature'), 'CRL', OID.sha256WithRsaEncryption)
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
