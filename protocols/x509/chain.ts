import type { X509Certificate } from 'node:crypto'
import { equal } from '../bytes/bytes.ts'
import { checkCrl, isRevoked, parseCrl } from '../cms/crl.ts'
import { identityOf, subjectOf } from '../cms/identity.ts'
import type { Verdict } from '../verdict/verdict.ts'
import { type FoundExtensions, type KeyUsage, type Purpose, readExtensions } from './extensions.ts'
import { isStrong } from './key-strength.ts'
import { X509_OID } from './oids.ts'
import { judgedX509, refuse, type X509Reason } from './reasons.ts'

/** What a certificate is held against. */
export interface ChainRules {
  /** The certificate's issuer, then its own issuers up to the root that is trusted by itself. */
  issuers: readonly X509Certificate[]
  at: Date
  /** What the certificate's key is to be used for. */
  usage: KeyUsage
  /** An extended key usage that the certificate must have (RFC 5280, 4.2.1.12). */
  purpose?: Purpose
  /** The list of the certificate's issuer, DER; null where it must not be missing, absent where none is asked for. */
  crl?: Uint8Array | null
}

/** Checks a certificate and its chain: names, signatures, time, strength, constraints, usage, revocation (RFC 5280, 6.1). */
export function checkChain(
  certificate: X509Certificate,
  rules: ChainRules,
): Verdict<X509Certificate, X509Reason> {
  return judgedX509(() => {
    const { issuers, at, usage, purpose } = rules
    if (issuers.length === 0) refuse('untrusted', 'no authority is trusted')
    const { purposes } = expectSound(certificate, usage, at)
    if (purpose !== undefined && !purposes?.includes(X509_OID[purpose]))
      refuse('usage', `${nameOf(certificate)} has no ${purpose}`)
    for (const [depth, issuer] of issuers.entries()) {
      expectIssuedBy(issuers[depth - 1] ?? certificate, issuer)
      expectAuthority(expectSound(issuer, 'keyCertSign', at), depth, issuer)
    }
    if (rules.crl !== undefined) expectNotRevoked(certificate, issuers[0], rules.crl, at)
    return certificate
  })
}

function expectIssuedBy(subject: X509Certificate, issuer: X509Certificate): void {
  const named = equal(identityOf(subject).issuer, subjectOf(issuer))
  if (!named || !subject.verify(issuer.publicKey)) refuse('untrusted', nameOf(subject))
}

/** What stands in each certificate by itself. */
function expectSound(certificate: X509Certificate, usage: KeyUsage, at: Date): FoundExtensions {
  const found = readExtensions(certificate)
  const [unknown] = found.unknownCritical
  if (unknown !== undefined) refuse('critical', unknown)
  if (!isStrong(certificate.publicKey)) refuse('weak', nameOf(certificate))
  // The other way round, a date that cannot be read would pass.
  if (!(at >= certificate.validFromDate)) refuse('early', nameOf(certificate))
  if (!(at <= certificate.validToDate)) refuse('expired', nameOf(certificate))
  if (!found.usages?.includes(usage)) refuse('usage', `${nameOf(certificate)} has no ${usage}`)
  return found
}

/** RFC 5280, 6.1.4 (k) to (m). `depth`: authorities between this one and the certificate. */
function expectAuthority(
  { authority, pathLength }: FoundExtensions,
  depth: number,
  issuer: X509Certificate,
): void {
  if (!authority || (pathLength !== null && depth > pathLength)) refuse('constraints', nameOf(issuer))
}

function expectNotRevoked(
  certificate: X509Certificate,
  issuer: X509Certificate | undefined,
  crl: Uint8Array | null,
  at: Date,
): void {
  if (crl === null || issuer === undefined) refuse('crl-missing')
  const list = parseCrl(crl)
  const wrong = checkCrl(list, issuer, at)
  if (wrong !== null) refuse(`crl-${wrong}`)
  if (isRevoked(list, identityOf(certificate).serial)) refuse('revoked', nameOf(certificate))
}

function nameOf(certificate: X509Certificate): string {
  // Declared as text, but undefined for an empty name.
  const subject: string | undefined = certificate.subject
  return subject?.replaceAll('\n', ', ') ?? 'no name'
}
