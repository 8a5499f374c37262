import { concat } from '../../bytes/bytes.ts'
import { type Checked, failure } from './reasons.ts'
import { type ImportKey, type RsaPrivateKey, type RsaPublicKey, rsaPublicKey } from './rsa.ts'
import { contentRoom, hashFits, type RecoveredData, recoverData, SHA_1, signData } from './signed-data.ts'

const RSA = 0x01
const FILLER = 0xbb
const EXPIRY_BYTES = 2
const SERIAL_BYTES = 3
/** Hash algorithm, key algorithm, key length, exponent length. */
const INDICATOR_BYTES = 4

/** What tells the certificates of EMV 4.4 Book 2 from each other. */
export interface CertificateKind {
  format: number
  /** Bytes of the issuer identifier or PAN. */
  idBytes: number
  section: string
}

/** Issuer Public Key Certificate (tag 90), Book 2, 5.3 and 6.3: its certificate has 36 bytes beside the key. */
export const ISSUER_CERTIFICATE: CertificateKind = { format: 0x02, idBytes: 4, section: 'Book 2, 6.3' }
/** ICC Public Key Certificate (tag 9F46), Book 2, 6.4: 42 bytes beside the key. */
export const ICC_CERTIFICATE: CertificateKind = { format: 0x04, idBytes: 10, section: 'Book 2, 6.4' }
/** ICC PIN Encipherment Public Key Certificate (tag 9F2D), Book 2, 7.1. */
export const PIN_CERTIFICATE: CertificateKind = { format: 0x04, idBytes: 10, section: 'Book 2, 7.1' }

/** A certificate as a card holds it. */
export interface Certificate {
  /** Tag 90, 9F46 or 9F2D. */
  certificate: Uint8Array
  /** Tag 92, 9F48 or 9F2F: what of the modulus did not fit; empty when all did. */
  remainder: Uint8Array
  /** Tag 9F32, 9F47 or 9F2E. */
  exponent: Uint8Array
}

/** What a certificate says. */
export interface CertificateFields {
  /** Issuer identifier (4 bytes) or PAN (10 bytes), filled with F. */
  id: Uint8Array
  /** MMYY, 2 bytes. */
  expiry: Uint8Array
  /** 3 bytes. */
  serial: Uint8Array
  hashAlgorithm: number
  keyAlgorithm: number
  keyLength: number
  exponentLength: number
  /** The leftmost bytes of the modulus, filled with BB. */
  digits: Uint8Array
}

/** What goes into a certificate. */
export interface CertificateRequest {
  id: Uint8Array
  expiry: Uint8Array
  serial: Uint8Array
  modulus: Uint8Array
  exponent: Uint8Array
  /** For the ICC certificate: the static data to be authenticated. */
  staticData?: Uint8Array
}

/** Signs a certificate. Throws a RangeError when a field does not have its length. */
export function issueCertificate(
  kind: CertificateKind,
  signer: RsaPrivateKey,
  request: CertificateRequest,
): Certificate {
  const { id, expiry, serial, modulus, exponent, staticData = new Uint8Array() } = request
  if (id.length !== kind.idBytes || expiry.length !== EXPIRY_BYTES || serial.length !== SERIAL_BYTES)
    throw new RangeError(
      `expected identifier, expiry and serial of ${kind.idBytes}, 2 and 3 bytes, got ${id.length}, ${expiry.length} and ${serial.length}`,
    )
  const room = contentRoom(signer.length) - fixedBytes(kind)
  const digits = concat(
    modulus.subarray(0, room),
    new Uint8Array(Math.max(0, room - modulus.length)).fill(FILLER),
  )
  const remainder = modulus.slice(room)
  const indicators = Uint8Array.of(SHA_1, RSA, modulus.length, exponent.length)
  const content = concat(Uint8Array.of(kind.format), id, expiry, serial, indicators, digits)
  const certificate = signData(signer, content, concat(remainder, exponent, staticData))
  return { certificate, remainder, exponent }
}

/** Opens a certificate up to its form. Its fields are proved by {@link certifiedKey} alone. */
export function openCertificate(
  kind: CertificateKind,
  signer: RsaPublicKey,
  certificate: Uint8Array,
): Checked<{ recovered: RecoveredData; fields: CertificateFields }> {
  if (signer.modulus.length < shortestSigner(kind)) return failure('length_wrong', kind.section)
  const recovered = recoverData(signer, certificate, kind.format, kind.section)
  return recovered.ok ? { ok: true, recovered, fields: fieldsOf(kind, recovered.content) } : recovered
}

/** The rule that a certificate's fields must keep beyond hash and algorithms, in the order of the specification. */
export type FieldRule = (fields: CertificateFields) => Checked<object>

/** A key that a certificate proves. */
export interface CertifiedKey {
  key: RsaPublicKey
  fields: CertificateFields
}

/** A certificate with what else its hash covers. */
export interface GivenCertificate extends Certificate {
  /** Of the ICC certificate, the static data to be authenticated; of the others empty. */
  staticData: Uint8Array
  /** See `rememberingImport`. */
  importKey: ImportKey | undefined
}

/** Verifies a certificate: form, hash (`staticData` included), `rules`, algorithm, key. EMV 4.4 Book 2, 6.3, 6.4, 7.1. */
export function certifiedKey(
  kind: CertificateKind,
  signer: RsaPublicKey,
  given: GivenCertificate,
  rules: readonly FieldRule[],
): Checked<CertifiedKey> {
  const opened = openCertificate(kind, signer, given.certificate)
  if (!opened.ok) return opened
  const { recovered, fields } = opened
  if (fields.hashAlgorithm !== SHA_1) return failure('hash_algorithm_unknown', kind.section)
  const more = concat(given.remainder, given.exponent, given.staticData)
  if (!hashFits(recovered, more)) return failure('hash_wrong', kind.section)
  for (const rule of rules) {
    const kept = rule(fields)
    if (!kept.ok) return kept
  }
  if (fields.keyAlgorithm !== RSA) return failure('key_algorithm_unknown', kind.section)
  return keyOf(kind, fields, given)
}

function keyOf(
  kind: CertificateKind,
  fields: CertificateFields,
  given: GivenCertificate,
): Checked<CertifiedKey> {
  const { digits, keyLength } = fields
  const whole = given.remainder.length === Math.max(0, keyLength - digits.length)
  if (!whole || given.exponent.length !== fields.exponentLength)
    return failure('key_length_wrong', kind.section)
  const modulus = concat(digits.subarray(0, keyLength), given.remainder)
  const key = (given.importKey ?? rsaPublicKey)(modulus, given.exponent)
  return key === null ? failure('key_unusable', 'Book 2, B2.1') : { ok: true, key, fields }
}

function fieldsOf(kind: CertificateKind, content: Uint8Array): CertificateFields {
  const expiryAt = 1 + kind.idBytes
  const serialAt = expiryAt + EXPIRY_BYTES
  const indicatorsAt = serialAt + SERIAL_BYTES
  const [hashAlgorithm = 0, keyAlgorithm = 0, keyLength = 0, exponentLength = 0] =
    content.subarray(indicatorsAt)
  return {
    id: content.subarray(1, expiryAt),
    expiry: content.subarray(expiryAt, serialAt),
    serial: content.subarray(serialAt, indicatorsAt),
    hashAlgorithm,
    keyAlgorithm,
    keyLength,
    exponentLength,
    digits: content.subarray(indicatorsAt + INDICATOR_BYTES),
  }
}

function fixedBytes(kind: CertificateKind): number {
  return 1 + kind.idBytes + EXPIRY_BYTES + SERIAL_BYTES + INDICATOR_BYTES
}

/** Bytes of the shortest modulus that can sign a certificate of this kind. */
function shortestSigner(kind: CertificateKind): number {
  return fixedBytes(kind) - contentRoom(0)
}
