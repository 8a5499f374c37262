import { createHash, type KeyObject, type X509Certificate } from 'node:crypto'
import { DerError } from '../der/error.ts'
import { Fields, only } from '../der/fields.ts'
import { type Der, parseDer } from '../der/reader.ts'
import { contextTag, TAG } from '../der/tags.ts'
import { octets, oidText, smallInteger } from '../der/values.ts'
import { encodeDer, integer, octetString, oid, sequence } from '../der/writer.ts'
import { X509_OID } from './oids.ts'
import { spkiOf } from './public-key.ts'

/** What a key may be used for (RFC 5280, 4.2.1.3), with the number of its bit. */
export const KEY_USAGES = {
  digitalSignature: 0,
  keyEncipherment: 2,
  keyCertSign: 5,
  cRLSign: 6,
} as const

export type KeyUsage = keyof typeof KEY_USAGES
export type Purpose = 'serverAuth' | 'clientAuth' | 'documentSigning'

/** What the extensions of a certificate to be issued say. */
export interface Extensions {
  usages: readonly KeyUsage[]
  /** Extended key usages. */
  purposes?: readonly Purpose[]
  /** For an authority: how many authorities may follow it in a chain. */
  pathLength?: number
  /** DNS names and IPv4 addresses of a server. */
  hosts?: readonly string[]
}

/** What the extensions of a certificate were found to say; null where there is none. */
export interface FoundExtensions {
  usages: readonly KeyUsage[] | null
  /** Dotted types of extended key usages. */
  purposes: readonly string[] | null
  authority: boolean
  pathLength: number | null
  /** Dotted types of critical extensions that nothing here understands. */
  unknownCritical: readonly string[]
}

const UNDERSTOOD: readonly string[] = [
  X509_OID.keyUsage,
  X509_OID.basicConstraints,
  X509_OID.extendedKeyUsage,
  X509_OID.subjectAltName,
]
const TRUE = encodeDer(TAG.boolean, Uint8Array.of(0xff))
const EXTENSIONS = 3

/** The items of an Extensions, each in DER. */
export function writeExtensions(
  { usages, purposes = [], pathLength, hosts = [] }: Extensions,
  subject: KeyObject,
  issuer: KeyObject,
): Uint8Array[] {
  const authority = pathLength === undefined ? sequence() : sequence(TRUE, integer(pathLength))
  const authorityKey = sequence(encodeDer(0x80, keyIdentifier(issuer)))
  return [
    // RFC 5280, 4.2.1.9 and 4.2.1.3: critical.
    extension(X509_OID.basicConstraints, authority, true),
    extension(X509_OID.keyUsage, usageBits(usages), true),
    extension(X509_OID.subjectKeyIdentifier, octetString(keyIdentifier(subject))),
    extension(X509_OID.authorityKeyIdentifier, authorityKey),
    ...listed(X509_OID.extendedKeyUsage, purposes, (purpose) => oid(X509_OID[purpose])),
    ...listed(X509_OID.subjectAltName, hosts, hostName),
  ]
}

/** Throws DerError. */
export function readExtensions(certificate: Pick<X509Certificate, 'raw'>): FoundExtensions {
  const tbs = new Fields(parseDer(certificate.raw), TAG.sequence, 'Certificate').take(TAG.sequence, 'tbs')
  const field = tbs.children.find(({ tag }) => tag === contextTag(EXTENSIONS))
  const items = field === undefined ? [] : only(field, contextTag(EXTENSIONS), 'Extensions').children
  const read = items.map(readExtension)
  const named = new Map(read.map((item) => [item.type, item.value]))
  if (named.size !== read.length) throw new DerError('Extensions: expected each once')
  return {
    usages: readUsages(named.get(X509_OID.keyUsage)),
    purposes: readPurposes(named.get(X509_OID.extendedKeyUsage)),
    ...readConstraints(named.get(X509_OID.basicConstraints)),
    unknownCritical: read.flatMap(({ type, critical }) =>
      critical && !UNDERSTOOD.includes(type) ? [type] : [],
    ),
  }
}

/** RFC 5280, 4.2.1.2, method 1: 20 bytes. */
export function keyIdentifier(key: KeyObject): Uint8Array {
  const bits = parseDer(spkiOf(key)).children[1]?.value.subarray(1) ?? new Uint8Array()
  return new Uint8Array(createHash('sha1').update(bits).digest())
}

function extension(type: string, value: Uint8Array, critical = false): Uint8Array {
  return sequence(oid(type), ...(critical ? [TRUE] : []), octetString(value))
}

function listed<T>(type: string, items: readonly T[], write: (item: T) => Uint8Array): Uint8Array[] {
  return items.length === 0 ? [] : [extension(type, sequence(...items.map(write)))]
}

/** GeneralName: [2] dNSName or [7] iPAddress (RFC 5280, 4.2.1.6). */
function hostName(host: string): Uint8Array {
  const address = /^\d+(\.\d+){3}$/.test(host)
  return address
    ? encodeDer(0x87, Uint8Array.from(host.split('.').map(Number)))
    : encodeDer(0x82, Buffer.from(host, 'ascii'))
}

/** A named bit list: no zero bits at its end (X.690, 11.2.2). */
function usageBits(usages: readonly KeyUsage[]): Uint8Array {
  const byte = usages.reduce((bits, usage) => bits | (0x80 >> KEY_USAGES[usage]), 0)
  const unused = byte === 0 ? 0 : Math.log2(byte & -byte)
  return encodeDer(TAG.bitString, Uint8Array.of(unused, byte))
}

function readExtension(der: Der): { type: string; critical: boolean; value: Uint8Array } {
  const fields = new Fields(der, TAG.sequence, 'Extension')
  const type = oidText(fields.take(TAG.oid, 'extnID'))
  const critical = (fields.optional(TAG.boolean)?.value[0] ?? 0) !== 0
  const value = octets(fields.take(TAG.octetString, 'extnValue'))
  fields.end()
  return { type, critical, value }
}

function readUsages(value: Uint8Array | undefined): KeyUsage[] | null {
  if (value === undefined) return null
  const der = parseDer(value)
  if (der.tag !== TAG.bitString) throw new DerError('KeyUsage: expected BIT STRING')
  const bits = der.value[1] ?? 0
  return (Object.keys(KEY_USAGES) as KeyUsage[]).filter((usage) => (bits & (0x80 >> KEY_USAGES[usage])) !== 0)
}

function readPurposes(value: Uint8Array | undefined): string[] | null {
  return value === undefined ? null : parseDer(value).children.map(oidText)
}

function readConstraints(value: Uint8Array | undefined): { authority: boolean; pathLength: number | null } {
  if (value === undefined) return { authority: false, pathLength: null }
  const fields = new Fields(parseDer(value), TAG.sequence, 'BasicConstraints')
  const authority = (fields.optional(TAG.boolean)?.value[0] ?? 0) !== 0
  const length = fields.optional(TAG.integer)
  fields.end()
  return { authority, pathLength: length === undefined ? null : smallInteger(length) }
}
