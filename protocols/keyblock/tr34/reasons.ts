import { judgedDer } from '../../der/judged.ts'
import { Refused, type Verdict } from '../../verdict/verdict.ts'

/** Every reason for which a TR-34 token is refused. */
export const TR34_REASONS = {
  malformed: 'token does not have the form of TR-34',
  'signer-unknown': 'token names another signer than the one expected',
  digest: 'content is not what was signed',
  signature: "signature is not the signer's",
  'certificate-untrusted': 'certificate does not lead to the authority',
  'certificate-irregular':
    'certificate has extensions that RFC 5280 does not allow, or that do not fit its issuer',
  'certificate-weak': 'certificate has a key that is too weak, or its holder one that is not RSA',
  'certificate-early': 'certificate is not valid yet',
  'certificate-expired': 'certificate has expired',
  'certificate-revoked': 'certificate was revoked',
  'crl-missing': 'revocation list is missing',
  'crl-untrusted': "revocation list is not the authority's",
  'crl-expired': 'revocation list is not of this time',
  'random-missing': 'random number is missing',
  'random-wrong': 'random number is not the one that was sent',
  'random-unexpected': 'token answers a random number that nobody sent',
  'time-missing': 'signing time is missing',
  'time-stale': 'token was not signed after the last one',
  'time-ahead': 'token was signed in the future',
  'header-missing': 'key block header is missing',
  'header-malformed': 'key block header is not one of X9.143',
  'header-mismatch': 'signed header is not the one of the key',
  'recipient-wrong': 'token is for another device',
  decryption: 'key of this device does not open the token',
  'kdh-wrong': 'key is of another distribution host than the signer',
  'device-wrong': 'token names another device or another host',
} as const

export type Tr34Reason = keyof typeof TR34_REASONS

/** Ends reading with a reason; `detail` may add what was expected and what came, never a key. */
export function refuse(reason: Tr34Reason, detail?: string): never {
  throw new Refused(
    reason,
    detail === undefined ? TR34_REASONS[reason] : `${TR34_REASONS[reason]}: ${detail}`,
  )
}

/** A verdict on a token: what is no DER, or DER of another shape, is malformed. */
export function judgedToken<T>(read: () => T): Verdict<T, Tr34Reason> {
  return judgedDer(read, (detail) => refuse('malformed', detail))
}
