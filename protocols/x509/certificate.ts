import type { KeyObject, X509Certificate } from 'node:crypto'
import { readCertificate, subjectOf } from '../cms/identity.ts'
import { bitString, context, integer, sequence, timeOf, unsigned } from '../der/writer.ts'
import { type Extensions, writeExtensions } from './extensions.ts'
import { type Name, writeName } from './name.ts'
import { spkiOf } from './public-key.ts'
import { type Sign, signatureAlgorithm } from './signature.ts'

/** What a certificate to be issued says. */
export interface CertificateContent extends Extensions {
  subject: Name
  publicKey: KeyObject
  /** 1 to 20 bytes, positive, never given twice by one issuer (RFC 5280, 4.1.2.2). */
  serial: Uint8Array
  notBefore: Date
  notAfter: Date
}

/** Who issues: its certificate and its signature. */
export interface Issuer {
  certificate: X509Certificate
  sign: Sign
}

const VERSION_3 = 2
const MOST_SERIAL_BYTES = 20

/** A certificate of version 3 (RFC 5280, 4.1). Throws a RangeError for a serial number that is none, and what `sign` throws. */
export async function issueCertificate(
  content: CertificateContent,
  issuer: Issuer,
): Promise<X509Certificate> {
  const { certificate, sign } = issuer
  return signed(content, subjectOf(certificate), certificate.publicKey, sign)
}

/** The certificate of a root: issued by itself. Throws as {@link issueCertificate}. */
export async function issueRoot(content: CertificateContent, sign: Sign): Promise<X509Certificate> {
  return signed(content, writeName(content.subject), content.publicKey, sign)
}

async function signed(
  content: CertificateContent,
  issuerName: Uint8Array,
  issuerKey: KeyObject,
  sign: Sign,
): Promise<X509Certificate> {
  checkSerial(content.serial)
  const algorithm = signatureAlgorithm(issuerKey)
  const tbs = sequence(
    context(0, integer(VERSION_3)),
    unsigned(content.serial),
    algorithm,
    issuerName,
    sequence(timeOf(content.notBefore), timeOf(content.notAfter)),
    writeName(content.subject),
    spkiOf(content.publicKey),
    context(3, sequence(...writeExtensions(content, content.publicKey, issuerKey))),
  )
  return readCertificate(sequence(tbs, algorithm, bitString(await sign(tbs))))
}

function checkSerial(serial: Uint8Array): void {
  const fits =
    serial.length <= MOST_SERIAL_BYTES && (serial[0] ?? 0x80) < 0x80 && serial.some((byte) => byte !== 0)
  if (!fits)
    throw new RangeError(
      `expected a positive serial number of 1 to ${MOST_SERIAL_BYTES} bytes, got ${serial.length}`,
    )
}
