import { toHex } from '../../bytes/bytes.ts'
import {
  type Certificate,
  type CertificateKind,
  type CertifiedKey,
  certifiedKey,
  ICC_CERTIFICATE,
  PIN_CERTIFICATE,
} from './certificate.ts'
import { isPastMonth } from './date.ts'
import { type Checked, failure } from './reasons.ts'
import type { ImportKey, RsaPublicKey } from './rsa.ts'

/** What a terminal checks a card's certificate with. */
export interface IccCheck {
  /** Account number, digits of tag 5A. */
  pan: string
  /** Tag 9A, YYMMDD in 3 bytes. */
  date: Uint8Array
  /** See `rememberingImport`. */
  importKey?: ImportKey | undefined
}

/** The card's public key from tags 9F46, 9F48 and 9F47, EMV 4.4 Book 2, 6.4. `staticData`: see `staticDataToAuthenticate`. */
export function verifyIccCertificate(
  issuer: RsaPublicKey,
  certificate: Certificate,
  check: IccCheck & { staticData: Uint8Array },
): Checked<CertifiedKey> {
  return verify(ICC_CERTIFICATE, issuer, certificate, check, check.staticData)
}

/** The card's public key for PIN encipherment from tags 9F2D, 9F2F and 9F2E, EMV 4.4 Book 2, 7.1. */
export function verifyPinCertificate(
  issuer: RsaPublicKey,
  certificate: Certificate,
  check: IccCheck,
): Checked<CertifiedKey> {
  return verify(PIN_CERTIFICATE, issuer, certificate, check, new Uint8Array())
}

/** The identifier of a card's certificate: digits of the PAN, filled with F to 10 bytes. */
export function panId(pan: string): Uint8Array {
  return new Uint8Array(Buffer.from(pan.padEnd(20, 'F'), 'hex'))
}

function verify(
  kind: CertificateKind,
  issuer: RsaPublicKey,
  certificate: Certificate,
  { pan, date, importKey }: IccCheck,
  staticData: Uint8Array,
): Checked<CertifiedKey> {
  return certifiedKey(kind, issuer, { ...certificate, staticData, importKey }, [
    ({ id }) => (toHex(id).replace(/F+$/, '') === pan ? { ok: true } : failure('pan_mismatch', kind.section)),
    ({ expiry }) => (isPastMonth(date, expiry) ? failure('certificate_expired', kind.section) : { ok: true }),
  ])
}
