import { type KeyObject, verify } from 'node:crypto'
import { equal } from '../bytes/bytes.ts'
import { algorithm } from '../cms/algorithm.ts'
import { OID } from '../cms/oids.ts'
import { oid, sequence, unsigned } from '../der/writer.ts'
import { X509_OID } from './oids.ts'

/**
 * A signature over `data` under a private key, wherever that is: RSASSA-PKCS1-v1_5 with SHA-256, ECDSA on P-256 with SHA-256 in DER
 * (RFC 3279, 2.2.3), or Ed25519.
 */
export type Sign = (data: Uint8Array) => Promise<Uint8Array>

interface Scheme {
  /** AlgorithmIdentifier in DER. */
  identifier: Uint8Array
  /** For node:crypto; Ed25519 has none. */
  hash: 'sha256' | null
}

const SCALAR_BYTES = 32

// By kind of key: a signature never chooses its own algorithm. RFC 5758, 3.2 and RFC 8410, 3: no parameters, not even NULL.
const SCHEMES: Readonly<Record<string, Scheme>> = {
  rsa: { identifier: algorithm(OID.sha256WithRsaEncryption), hash: 'sha256' },
  prime256v1: { identifier: sequence(oid(X509_OID.ecdsaWithSha256)), hash: 'sha256' },
  ed25519: { identifier: sequence(oid(X509_OID.ed25519)), hash: null },
}

/** r|s of ECDSA on P-256, 64 bytes, in DER (RFC 3279, 2.2.3). */
export function ecdsaDer(raw: Uint8Array): Uint8Array {
  return sequence(unsigned(raw.slice(0, SCALAR_BYTES)), unsigned(raw.slice(SCALAR_BYTES)))
}

/** The AlgorithmIdentifier of signatures under this key, public or private. Throws a TypeError unless it is RSA, P-256 or Ed25519. */
export function signatureAlgorithm(key: KeyObject): Uint8Array {
  const scheme = SCHEMES[kindOf(key)]
  if (scheme === undefined) throw new TypeError(`expected an RSA, P-256 or Ed25519 key, got ${kindOf(key)}`)
  return scheme.identifier
}

/** Whether a signature is the key's, by the algorithm of its kind. `identifier`: the AlgorithmIdentifier that came with it. */
export function verifies(
  key: KeyObject,
  identifier: Uint8Array,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const scheme = SCHEMES[kindOf(key)]
  return (
    scheme !== undefined && equal(scheme.identifier, identifier) && verify(scheme.hash, data, key, signature)
  )
}

/** What decides on a key's algorithm: the name of its curve, or its type. */
export function kindOf(key: KeyObject): string {
  return key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType ?? key.type
}
