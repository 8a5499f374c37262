import { constants, createCipheriv, createDecipheriv, publicEncrypt, type X509Certificate } from 'node:crypto'
import { concat } from '../bytes/bytes.ts'
import { DerError } from '../der/error.ts'
import { Fields, only } from '../der/fields.ts'
import { type Der, parseDer } from '../der/reader.ts'
import { contextTag, isConstructed, TAG } from '../der/tags.ts'
import { octets, oidText, smallInteger } from '../der/values.ts'
import { context, encodeDer, integer, octetString, oid, sequence, setOf } from '../der/writer.ts'
import { withOddParity } from '../mac/parity.ts'
import { algorithm, expectAlgorithm, readAlgorithm } from './algorithm.ts'
import {
  type IssuerAndSerial,
  identityOf,
  type ReceivingParty,
  readIdentity,
  writeIdentity,
} from './identity.ts'
import { decodeOaep, encodeOaep } from './oaep.ts'
import { OID } from './oids.ts'

/** Ciphers of the content: key and IV in bytes. TR-34:2019 has these two. */
const CIPHERS = {
  'aes-128-cbc': { oid: OID.aes128Cbc, key: 16, iv: 16, fit: (key: Uint8Array) => key },
  'des-ede3-cbc': { oid: OID.desEde3Cbc, key: 24, iv: 8, fit: withOddParity },
} as const

export type ContentCipher = keyof typeof CIPHERS

/** What was encrypted for one recipient, RFC 5652, 6.1. */
export interface EnvelopedData {
  recipient: IssuerAndSerial
  /** Under the recipient's RSA key, RSAES-OAEP. */
  encryptedKey: Uint8Array
  cipher: ContentCipher
  iv: Uint8Array
  encrypted: Uint8Array
}

const OAEP_SEED = 32
// [0] without objects inside: an OCTET STRING that is tagged implicitly.
const ENCRYPTED_CONTENT = 0x80
const SHA256 = algorithm(OID.sha256)
const OAEP = algorithm(OID.rsaesOaep, sequence(context(0, SHA256), context(1, algorithm(OID.mgf1, SHA256))))

/** EnvelopedData (not in a ContentInfo) that only the holder of the certificate's RSA key can open. */
export function sealEnveloped(
  content: Uint8Array,
  recipient: X509Certificate,
  cipher: ContentCipher,
  random: (length: number) => Uint8Array,
): Uint8Array {
  const { key: keyLength, iv: ivLength, oid: type, fit } = CIPHERS[cipher]
  const key = fit(random(keyLength))
  const iv = random(ivLength)
  const encryptor = createCipheriv(cipher, key, iv)
  const encrypted = concat(encryptor.update(content), encryptor.final())
  const identity = writeIdentity(identityOf(recipient))
  const transport = sequence(integer(0), identity, OAEP, octetString(encryptKey(key, recipient, random)))
  const encryptedContent = encodeDer(ENCRYPTED_CONTENT, encrypted)
  const info = sequence(oid(OID.data), algorithm(type, octetString(iv)), encryptedContent)
  return sequence(integer(0), setOf(transport), info)
}

/** Reads EnvelopedData of one recipient, whose key goes by RSAES-OAEP with SHA-256. Throws DerError. */
export function parseEnveloped(bytes: Uint8Array): EnvelopedData {
  const fields = new Fields(parseDer(bytes), TAG.sequence, 'EnvelopedData')
  if (smallInteger(fields.take(TAG.integer, 'version')) !== 0)
    throw new DerError('EnvelopedData: expected version 0')
  const transport = only(fields.take(TAG.set, 'recipientInfos'), TAG.set, 'RecipientInfos')
  const content = fields.take(TAG.sequence, 'encryptedContentInfo')
  fields.end()
  return { ...parseTransport(transport), ...parseContent(content) }
}

/** The content, or null when the recipient's key does not open it. */
export function openEnveloped(
  { encryptedKey, cipher, iv, encrypted }: EnvelopedData,
  { certificate, decrypt }: ReceivingParty,
): Uint8Array | null {
  if (!isBelowModulus(encryptedKey, certificate)) return null
  const key = decodeOaep(decrypt(encryptedKey))
  if (key?.length !== CIPHERS[cipher].key) return null
  const decryptor = createDecipheriv(cipher, key, iv)
  try {
    return concat(decryptor.update(encrypted), decryptor.final())
  } catch {
    return null
  }
}

function encryptKey(
  key: Uint8Array,
  { publicKey }: X509Certificate,
  random: (length: number) => Uint8Array,
): Uint8Array {
  const bits = publicKey.asymmetricKeyDetails?.modulusLength
  if (publicKey.asymmetricKeyType !== 'rsa' || bits === undefined)
    throw new RangeError(`expected a recipient with an RSA key, got ${publicKey.asymmetricKeyType}`)
  const block = encodeOaep(key, Math.ceil(bits / 8), random(OAEP_SEED))
  return new Uint8Array(publicEncrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, block))
}

function isBelowModulus(block: Uint8Array, { publicKey }: X509Certificate): boolean {
  const modulus = Buffer.from(publicKey.export({ format: 'jwk' }).n ?? '', 'base64url')
  return block.length === modulus.length && Buffer.compare(block, modulus) < 0
}

function parseTransport(der: Der): Pick<EnvelopedData, 'recipient' | 'encryptedKey'> {
  const fields = new Fields(der, TAG.sequence, 'KeyTransRecipientInfo')
  if (smallInteger(fields.take(TAG.integer, 'version')) !== 0)
    throw new DerError('KeyTransRecipientInfo: expected version 0')
  const recipient = readIdentity(fields.take(TAG.sequence, 'rid'))
  expectOaep(fields.take(TAG.sequence, 'keyEncryptionAlgorithm'))
  const encryptedKey = octets(fields.take(TAG.octetString, 'encryptedKey'))
  fields.end()
  return { recipient, encryptedKey }
}

function parseContent(der: Der): Pick<EnvelopedData, 'cipher' | 'iv' | 'encrypted'> {
  const fields = new Fields(der, TAG.sequence, 'EncryptedContentInfo')
  if (oidText(fields.take(TAG.oid, 'contentType')) !== OID.data)
    throw new DerError('EncryptedContentInfo: expected data')
  const { type, parameters } = readAlgorithm(fields.take(TAG.sequence, 'contentEncryptionAlgorithm'))
  const encrypted = fields.take(ENCRYPTED_CONTENT, 'encryptedContent').value
  fields.end()
  const cipher = (Object.keys(CIPHERS) as ContentCipher[]).find((name) => CIPHERS[name].oid === type)
  const iv = parameters === null ? new Uint8Array() : octets(parameters)
  if (cipher === undefined || iv.length !== CIPHERS[cipher].iv)
    throw new DerError(`EncryptedContentInfo: expected ${Object.keys(CIPHERS).join(' or ')} with its IV`)
  return { cipher, iv, encrypted }
}

function expectOaep(der: Der): void {
  const { type, parameters } = readAlgorithm(der)
  if (type !== OID.rsaesOaep || parameters === null)
    throw new DerError(`keyEncryptionAlgorithm: expected RSAES-OAEP with SHA-256, got ${type}`)
  const fields = new Fields(parameters, TAG.sequence, 'RSAES-OAEP-params')
  expectAlgorithm(
    only(fields.take(contextTag(0), 'hashAlgorithm'), contextTag(0), 'hash'),
    'hash',
    OID.sha256,
  )
  const mask = readAlgorithm(only(fields.take(contextTag(1), 'maskGenAlgorithm'), contextTag(1), 'mask'))
  if (mask.type !== OID.mgf1 || mask.parameters === null) throw new DerError('mask: expected MGF1')
  expectAlgorithm(mask.parameters, 'MGF1', OID.sha256)
  const source = fields.optional(contextTag(2))
  if (source !== undefined) expectNoLabel(only(source, contextTag(2), 'pSource'))
  fields.end()
}

function expectNoLabel(der: Der): void {
  const { type, parameters } = readAlgorithm(der)
  const label = parameters === null || isConstructed(parameters.tag) ? null : octets(parameters)
  if (type !== OID.pSpecified || label?.length !== 0) throw new DerError('pSource: expected an empty label')
}
