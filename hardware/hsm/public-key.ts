import { createPublicKey, type KeyObject } from 'node:crypto'
import { type CurveAlgorithm, isRsa, type PairAlgorithm } from './hierarchy/algorithms.ts'

const CURVES: Record<CurveAlgorithm, string> = {
  'ec-p256': 'P-256',
  'ec-secp256k1': 'secp256k1',
  ed25519: 'Ed25519',
}
const COORDINATE_BYTES = 32
/** 65537. */
const EXPONENT = 'AQAB'

/** A public key as records have it: uncompressed point of 65 bytes, Ed25519 key of 32, or RSA modulus; hex. */
export interface RecordedPublicKey {
  readonly algorithm: PairAlgorithm
  readonly hex: string
}

/** Throws when `hex` is no key of this kind. */
export function publicKeyOf({ algorithm, hex }: RecordedPublicKey): KeyObject {
  const bytes = Buffer.from(hex, 'hex')
  const text = (from: number, to?: number) => bytes.subarray(from, to).toString('base64url')
  const coordinate = (from: number) => text(from, from + COORDINATE_BYTES)
  if (isRsa(algorithm))
    return createPublicKey({ key: { kty: 'RSA', n: text(0), e: EXPONENT }, format: 'jwk' })
  const crv = CURVES[algorithm]
  const key =
    algorithm === 'ed25519'
      ? { kty: 'OKP', crv, x: coordinate(0) }
      : { kty: 'EC', crv, x: coordinate(1), y: coordinate(33) }
  return createPublicKey({ key, format: 'jwk' })
}

/** SPKI PEM (RFC 5480, RFC 8410, RFC 8017). */
export function publicKeyPem(algorithm: PairAlgorithm, hex: string): string {
  return publicKeyOf({ algorithm, hex }).export({ type: 'spki', format: 'pem' }).toString()
}

/** Inverse of {@link publicKeyOf}; null for kinds of keys that the HSM does not hold. */
export function recordedKeyOf(key: KeyObject): RecordedPublicKey | null {
  const { kty, crv, n = '', e, x = '', y = '' } = key.export({ format: 'jwk' })
  const hex = (...parts: string[]) =>
    parts
      .map((part) => Buffer.from(part, 'base64url').toString('hex'))
      .join('')
      .toUpperCase()
  if (kty === 'RSA') {
    const algorithm = { 2048: 'rsa-2048', 3072: 'rsa-3072' } as const
    const bits = (key.asymmetricKeyDetails?.modulusLength ?? 0) as keyof typeof algorithm
    return e === EXPONENT && bits in algorithm ? { algorithm: algorithm[bits], hex: hex(n) } : null
  }
  const [algorithm] = Object.entries(CURVES).find(([, name]) => name === crv) ?? []
  if (algorithm === undefined) return null
  return {
    algorithm: algorithm as CurveAlgorithm,
    hex: algorithm === 'ed25519' ? hex(x) : `04${hex(x, y)}`,
  }
}
