import type { X509Certificate } from 'node:crypto'
import { equal } from '../../bytes/bytes.ts'
import { checkCrl, isRevoked, parseCrl } from '../../cms/crl.ts'
import { identityOf, subjectOf } from '../../cms/identity.ts'
import type { SignedData } from '../../cms/signed-data.ts'
import { isStrong } from '../../x509/key-strength.ts'
import { refuse } from './reasons.ts'

/** What certificates are held against. */
export interface Trust {
  /** The authority that issues the certificates, then its own issuers up to the one that is trusted by itself. */
  issuers: readonly X509Certificate[]
  /** The time of the check. */
  at: Date
  /** Whether a revocation list must come with the token. One that comes is always checked. */
  crl: 'required' | 'optional'
}

/** Refuses a certificate that does not lead to the authority or is not valid now. Refused is thrown. */
export function expectTrusted(certificate: X509Certificate, { issuers, at }: Trust): void {
  // Tokens of TR-34 are signed and sealed with RSA alone; the authorities may be of another strong kind.
  if (certificate.publicKey.asymmetricKeyType !== 'rsa') refuse('certificate-weak', nameOf(certificate))
  let subject = certificate
  for (const issuer of issuers) {
    const named = equal(identityOf(subject).issuer, subjectOf(issuer))
    if (!named || !issuer.ca || !subject.verify(issuer.publicKey))
      refuse('certificate-untrusted', nameOf(subject))
    if (!subject.checkIssued(issuer)) refuse('certificate-irregular', nameOf(subject))
    expectStrongAndCurrent(subject, at)
    subject = issuer
  }
  if (subject === certificate) refuse('certificate-untrusted', 'no authority is trusted')
  expectStrongAndCurrent(subject, at)
}

/** Refuses a certificate that the lists beside a token revoke, and lists that say nothing about it. Refused is thrown. */
export function expectNotRevoked(
  certificate: X509Certificate,
  { crls }: Pick<SignedData, 'crls'>,
  { issuers: [issuer], at, crl: policy }: Trust,
): void {
  if (crls.length === 0 && policy === 'required') refuse('crl-missing')
  for (const crl of crls.map(parseCrl)) {
    const wrong = issuer === undefined ? 'untrusted' : checkCrl(crl, issuer, at)
    if (wrong !== null) refuse(`crl-${wrong}`)
    if (isRevoked(crl, identityOf(certificate).serial)) refuse('certificate-revoked', nameOf(certificate))
  }
}

function expectStrongAndCurrent(certificate: X509Certificate, at: Date): void {
  if (!isStrong(certificate.publicKey)) refuse('certificate-weak', nameOf(certificate))
  // The other way round, a date that cannot be read would pass.
  if (!(at >= certificate.validFromDate)) refuse('certificate-early', nameOf(certificate))
  if (!(at <= certificate.validToDate)) refuse('certificate-expired', nameOf(certificate))
}

function nameOf(certificate: X509Certificate): string {
  // Declared as text, but undefined for an empty name.
  const subject: string | undefined = certificate.subject
  return subject?.replaceAll('\n', ', ') ?? 'no name'
}
