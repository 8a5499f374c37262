import { createHash, type KeyObject } from 'node:crypto'
import { concat, equal } from '../bytes/bytes.ts'
import { DerError } from '../der/error.ts'
import { Fields, only } from '../der/fields.ts'
import { type Der, parseDer } from '../der/reader.ts'
import { contextTag, TAG } from '../der/tags.ts'
import { octets, oidText, smallInteger } from '../der/values.ts'
import { context, integer, octetString, oid, sequence, setOf } from '../der/writer.ts'
import { algorithm, expectAlgorithm } from './algorithm.ts'
import {
  type IssuerAndSerial,
  identityOf,
  readIdentity,
  type SigningParty,
  verifiesRsa,
  writeIdentity,
} from './identity.ts'
import { OID } from './oids.ts'

/** What a SignedData carries, RFC 5652, 5.1. Certificates and CRLs in DER. */
export interface SignedData {
  contentType: string
  /** Null in a mere carrier of certificates. */
  content: Uint8Array | null
  certificates: readonly Uint8Array[]
  crls: readonly Uint8Array[]
  signers: readonly SignerInfo[]
}

/** Attributes by their type, one value each, in DER. */
export type Attributes = Readonly<Record<string, Uint8Array>>

/** One signature, RFC 5652, 5.3: RSASSA-PKCS1-v1_5 with SHA-256 over signed attributes. */
export interface SignerInfo {
  signer: IssuerAndSerial
  attributes: Attributes
  /** The signed attributes as the SET that is signed. */
  signed: Uint8Array
  signature: Uint8Array
}

/** What to put beside the content. */
export interface Enclosures {
  certificates?: readonly Uint8Array[]
  crls?: readonly Uint8Array[]
}

// RFC 5652, 5.1: 3 where the content is not plain data.
const VERSIONS: readonly number[] = [1, 3]
const SHA256 = algorithm(OID.sha256)

/** A ContentInfo around a content. */
export function contentInfo(type: string, content: Uint8Array): Uint8Array {
  return sequence(oid(type), context(0, content))
}

/** SignedData in its ContentInfo, with one signature over the content and over further attributes (RFC 5652, 5.4). */
export function buildSignedData(
  contentType: string,
  content: Uint8Array,
  signer: SigningParty,
  attributes: Attributes,
  { certificates, crls }: Enclosures = {},
): Uint8Array {
  const all: Attributes = {
    [OID.contentType]: oid(contentType),
    [OID.messageDigest]: octetString(sha256(content)),
    ...attributes,
  }
  const signed = setOf(...Object.entries(all).map(([type, value]) => sequence(oid(type), setOf(value))))
  const info = sequence(
    integer(1),
    writeIdentity(identityOf(signer.certificate)),
    SHA256,
    retagged(signed, contextTag(0)),
    algorithm(OID.rsaEncryption),
    octetString(signer.sign(signed)),
  )
  const parts = [...enclosed(0, certificates), ...enclosed(1, crls)]
  const version = contentType === OID.data ? 1 : 3
  const body = [integer(version), setOf(SHA256), contentInfo(contentType, octetString(content))]
  return contentInfo(OID.signedData, sequence(...body, ...parts, setOf(info)))
}

/** SignedData without signatures (not in a ContentInfo): carries certificates, CRLs and perhaps plain data. */
export function buildCarrier(content: Uint8Array | null, { certificates, crls }: Enclosures): Uint8Array {
  const inner = content === null ? sequence(oid(OID.data)) : contentInfo(OID.data, octetString(content))
  return sequence(integer(1), setOf(), inner, ...enclosed(0, certificates), ...enclosed(1, crls), setOf())
}

/** Reads SignedData in its ContentInfo. Throws DerError. */
export function parseSignedData(bytes: Uint8Array): SignedData {
  const fields = new Fields(parseDer(bytes), TAG.sequence, 'ContentInfo')
  const type = oidText(fields.take(TAG.oid, 'contentType'))
  if (type !== OID.signedData) throw new DerError(`ContentInfo: expected SignedData, got ${type}`)
  const content = only(fields.take(contextTag(0), 'content'), contextTag(0), 'content')
  fields.end()
  return readSignedData(content)
}

/** Reads SignedData. Throws DerError. */
export function readSignedData(der: Der): SignedData {
  const fields = new Fields(der, TAG.sequence, 'SignedData')
  const version = smallInteger(fields.take(TAG.integer, 'version'))
  if (!VERSIONS.includes(version))
    throw new DerError(`SignedData: expected version ${VERSIONS}, got ${version}`)
  for (const digest of fields.take(TAG.set, 'digestAlgorithms').children)
    expectAlgorithm(digest, 'digestAlgorithms', OID.sha256)
  const content = readContent(fields.take(TAG.sequence, 'encapContentInfo'))
  const certificates = fields.optional(contextTag(0))?.children ?? []
  const crls = fields.optional(contextTag(1))?.children ?? []
  const signers = fields.take(TAG.set, 'signerInfos').children.map(readSigner)
  fields.end()
  return { ...content, certificates: certificates.map(rawOf), crls: crls.map(rawOf), signers }
}

/** What is wrong with a signature: null, or that the content, or the attributes, are not what was signed. */
export function checkSignature(
  { contentType, content }: SignedData,
  { attributes, signed, signature }: SignerInfo,
  key: KeyObject,
): 'digest' | 'signature' | null {
  const expected = { type: oid(contentType), digest: octetString(sha256(content ?? new Uint8Array())) }
  const { [OID.contentType]: type, [OID.messageDigest]: digest } = attributes
  if (type === undefined || digest === undefined) return 'digest'
  if (!equal(type, expected.type) || !equal(digest, expected.digest)) return 'digest'
  return verifiesRsa(key, signed, signature) ? null : 'signature'
}

function readContent(der: Der): Pick<SignedData, 'contentType' | 'content'> {
  const fields = new Fields(der, TAG.sequence, 'EncapsulatedContentInfo')
  const contentType = oidText(fields.take(TAG.oid, 'eContentType'))
  const content = fields.optional(contextTag(0))
  fields.end()
  return {
    contentType,
    content: content === undefined ? null : octets(only(content, contextTag(0), 'eContent')),
  }
}

function readSigner(der: Der): SignerInfo {
  const fields = new Fields(der, TAG.sequence, 'SignerInfo')
  if (smallInteger(fields.take(TAG.integer, 'version')) !== 1)
    throw new DerError('SignerInfo: expected version 1')
  const signer = readIdentity(fields.take(TAG.sequence, 'sid'))
  expectAlgorithm(fields.take(TAG.sequence, 'digestAlgorithm'), 'digestAlgorithm', OID.sha256)
  const attributes = fields.take(contextTag(0), 'signedAttrs')
  const algorithms = [OID.rsaEncryption, OID.sha256WithRsaEncryption]
  expectAlgorithm(fields.take(TAG.sequence, 'signatureAlgorithm'), 'signatureAlgorithm', ...algorithms)
  const signature = octets(fields.take(TAG.octetString, 'signature'))
  fields.optional(contextTag(1))
  fields.end()
  // RFC 5652, 5.4: the SET is signed, its implicit tag is sent.
  return {
    signer,
    attributes: readAttributes(attributes),
    signed: retagged(attributes.raw, TAG.set),
    signature,
  }
}

function readAttributes(der: Der): Attributes {
  const entries = der.children.map((child): [string, Uint8Array] => {
    const fields = new Fields(child, TAG.sequence, 'Attribute')
    const type = oidText(fields.take(TAG.oid, 'attrType'))
    const value = only(fields.take(TAG.set, 'attrValues'), TAG.set, `attribute ${type}`)
    fields.end()
    return [type, value.raw]
  })
  const attributes = Object.fromEntries(entries)
  if (Object.keys(attributes).length !== entries.length)
    throw new DerError('signedAttrs: expected each type once')
  return attributes
}

function enclosed(n: number, items: readonly Uint8Array[] = []): Uint8Array[] {
  return items.length === 0 ? [] : [context(n, ...items.toSorted(Buffer.compare))]
}

function retagged(der: Uint8Array, tag: number): Uint8Array {
  return concat(Uint8Array.of(tag), der.subarray(1))
}

function rawOf({ raw }: Der): Uint8Array {
  return raw
}

function sha256(data: Uint8Array): Uint8Array {
  return createHash('sha256').update(data).digest()
}
