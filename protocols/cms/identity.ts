import { type KeyObject, verify, X509Certificate } from 'node:crypto'
import { equal } from '../bytes/bytes.ts'
import { DerError } from '../der/error.ts'
import { Fields } from '../der/fields.ts'
import { type Der, parseDer } from '../der/reader.ts'
import { contextTag, TAG } from '../der/tags.ts'
import { integerBytes } from '../der/values.ts'
import { encodeDer, sequence } from '../der/writer.ts'

/** Names a certificate, RFC 5652, 10.2.4. */
export interface IssuerAndSerial {
  /** Name in DER. */
  issuer: Uint8Array
  /** Contents octets of the INTEGER. */
  serial: Uint8Array
}

/** A party that signs: its certificate, and RSASSA-PKCS1-v1_5 with SHA-256 over `data` under its private key, wherever that is. */
export interface SigningParty {
  certificate: X509Certificate
  sign: (data: Uint8Array) => Uint8Array
}

/** A party that receives: its certificate, and the raw RSA private operation on a block as long as the modulus. */
export interface ReceivingParty {
  certificate: X509Certificate
  decrypt: (block: Uint8Array) => Uint8Array
}

/** Whether a signature as {@link SigningParty} makes it is the key's. */
export function verifiesRsa(key: KeyObject, data: Uint8Array, signature: Uint8Array): boolean {
  return key.asymmetricKeyType === 'rsa' && verify('sha256', data, key, signature)
}

/** Who a certificate was issued by, and its number. */
export function identityOf(certificate: X509Certificate): IssuerAndSerial {
  const { serial, issuer } = tbsOf(certificate)
  return { issuer: issuer.raw, serial: integerBytes(serial) }
}

/** The subject of a certificate, a Name in DER. */
export function subjectOf(certificate: X509Certificate): Uint8Array {
  return tbsOf(certificate).subject.raw
}

/** Throws DerError. */
export function readIdentity(der: Der): IssuerAndSerial {
  const fields = new Fields(der, TAG.sequence, 'IssuerAndSerialNumber')
  const issuer = fields.take(TAG.sequence, 'issuer').raw
  const serial = integerBytes(fields.take(TAG.integer, 'serialNumber'))
  fields.end()
  return { issuer, serial }
}

export function writeIdentity({ issuer, serial }: IssuerAndSerial): Uint8Array {
  return sequence(issuer, encodeDer(TAG.integer, serial))
}

export function sameIdentity(a: IssuerAndSerial, b: IssuerAndSerial): boolean {
  return equal(a.issuer, b.issuer) && equal(a.serial, b.serial)
}

/** A certificate from its DER, with a key that can be used. Throws DerError. */
export function readCertificate(raw: Uint8Array): X509Certificate {
  try {
    const certificate = new X509Certificate(raw)
    certificate.publicKey.export({ format: 'der', type: 'spki' })
    return certificate
  } catch {
    throw new DerError('Certificate: expected one that can be read')
  }
}

function tbsOf(certificate: X509Certificate): { serial: Der; issuer: Der; subject: Der } {
  const tbs = new Fields(parseDer(certificate.raw), TAG.sequence, 'Certificate').take(TAG.sequence, 'tbs')
  const fields = new Fields(tbs, TAG.sequence, 'TBSCertificate')
  fields.optional(contextTag(0))
  const serial = fields.take(TAG.integer, 'serialNumber')
  fields.take(TAG.sequence, 'signature')
  const issuer = fields.take(TAG.sequence, 'issuer')
  fields.take(TAG.sequence, 'validity')
  return { serial, issuer, subject: fields.take(TAG.sequence, 'subject') }
}
