import { toHex } from '../../bytes/bytes.ts'
import type { CaKey } from './ca-key.ts'
import {
  type Certificate,
  type CertificateFields,
  type CertifiedKey,
  certifiedKey,
  type FieldRule,
  ISSUER_CERTIFICATE,
} from './certificate.ts'
import { isPastMonth } from './date.ts'
import { type Checked, failure, type OdaReason } from './reasons.ts'
import type { ImportKey } from './rsa.ts'

/** What a terminal checks an issuer's certificate with. */
export interface IssuerCheck {
  /** Account number, digits of tag 5A. */
  pan: string
  /** Tag 9A, YYMMDD in 3 bytes. */
  date: Uint8Array
  /** Whether a certificate (serial number, 3 bytes) of this authority key is on the revocation list. */
  isRevoked?: (ca: CaKey, serial: Uint8Array) => boolean
  /** See `rememberingImport`. */
  importKey?: ImportKey | undefined
}

/** The issuer's public key from tags 90, 92 and 9F32, EMV 4.4 Book 2, 5.3 and 6.3. Every refusal is a value. */
export function verifyIssuerCertificate(
  ca: CaKey,
  certificate: Certificate,
  check: IssuerCheck,
): Checked<CertifiedKey> {
  const { pan, date, isRevoked = () => false, importKey } = check
  const rules = [
    rule('issuer_mismatch', ({ id }) => beginsPan(id, pan)),
    rule('certificate_expired', ({ expiry }) => !isPastMonth(date, expiry)),
    rule('certificate_revoked', ({ serial }) => !isRevoked(ca, serial)),
  ]
  return certifiedKey(
    ISSUER_CERTIFICATE,
    ca.key,
    { ...certificate, staticData: new Uint8Array(), importKey },
    rules,
  )
}

function rule(reason: OdaReason, holds: (fields: CertificateFields) => boolean): FieldRule {
  return (fields) => (holds(fields) ? { ok: true } : failure(reason, ISSUER_CERTIFICATE.section))
}

/** The identifier has the leftmost 3 to 8 digits of the PAN, filled with F. */
function beginsPan(id: Uint8Array, pan: string): boolean {
  const digits = /^([0-9]{3,8})F*$/.exec(toHex(id))?.[1]
  return digits !== undefined && pan.startsWith(digits)
}
