import { judgedDer } from '../der/judged.ts'
import { Refused, type Verdict } from '../verdict/verdict.ts'

/** Every reason for which a certificate or a request for one is refused. */
export const X509_REASONS = {
  malformed: 'it does not have the form of PKCS #10 or X.509',
  signature: 'its signature is wrong',
  weak: 'its key is neither RSA of 2048 to 8192 bits with an odd exponent from 65537 on, nor P-256, nor Ed25519',
  untrusted: 'it does not lead to the authority',
  early: 'it is not valid yet',
  expired: 'it has expired',
  constraints: 'an issuer in its chain is no authority, or not for chains that long',
  usage: 'its key is not for this use',
  critical: 'it has a critical extension that is not understood',
  revoked: 'it was revoked',
  'crl-missing': 'revocation list is missing',
  'crl-untrusted': "revocation list is not the issuer's",
  'crl-expired': 'revocation list is not of this time',
} as const

export type X509Reason = keyof typeof X509_REASONS

/** Ends reading with a reason. */
export function refuse(reason: X509Reason, detail?: string): never {
  const text = X509_REASONS[reason]
  throw new Refused(reason, detail === undefined ? text : `${text}: ${detail}`)
}

/** A verdict; what is no DER, or DER of another shape, is malformed. */
export function judgedX509<T>(read: () => T): Verdict<T, X509Reason> {
  return judgedDer(read, (detail) => refuse('malformed', detail))
}
