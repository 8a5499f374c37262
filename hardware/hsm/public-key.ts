import { createPublicKey } from 'node:crypto'
import type { PairAlgorithm } from './hierarchy/algorithms.ts'

const CURVES: Record<PairAlgorithm, string> = {
  'ec-p256': 'P-256',
  'ec-secp256k1': 'secp256k1',
  ed25519: 'Ed25519',
}
const COORDINATE_BYTES = 32

/** SPKI PEM (RFC 5480, RFC 8410) of a public key as records have it: uncompressed point of 65 bytes, or Ed25519 key of 32; hex. */
export function publicKeyPem(algorithm: PairAlgorithm, hex: string): string {
  const bytes = Buffer.from(hex, 'hex')
  const crv = CURVES[algorithm]
  const text = (from: number) => bytes.subarray(from, from + COORDINATE_BYTES).toString('base64url')
  const key =
    algorithm === 'ed25519' ? { kty: 'OKP', crv, x: text(0) } : { kty: 'EC', crv, x: text(1), y: text(33) }
  return createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString()
}
