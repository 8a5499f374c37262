import { constants, createPublicKey, type KeyObject, privateEncrypt, publicEncrypt } from 'node:crypto'
import { toHex } from '../../bytes/bytes.ts'

/** Exponents that EMV 4.4 Book 2, B2.1 allows. */
const EXPONENTS = [3n, 65537n]
const RAW = constants.RSA_NO_PADDING

/** A public key ready for use; keep it, making one costs as much as using it. */
export interface RsaPublicKey {
  /** As long as everything that is signed with it. */
  modulus: Uint8Array
  exponent: Uint8Array
  key: KeyObject
}

/** A private key and the bytes of its modulus. */
export interface RsaPrivateKey {
  key: KeyObject
  length: number
}

/** Makes a public key of its numbers; null when they make none. */
export type ImportKey = (modulus: Uint8Array, exponent: Uint8Array) => RsaPublicKey | null

/** See {@link ImportKey}: null when the modulus is empty or begins with a zero byte, or the exponent is neither 3 nor 65537. */
export const rsaPublicKey: ImportKey = (modulus, exponent) => {
  if ((modulus[0] ?? 0) === 0 || !EXPONENTS.includes(number(exponent))) return null
  try {
    const jwk = { kty: 'RSA', n: base64url(modulus), e: base64url(exponent) }
    return { modulus, exponent, key: createPublicKey({ key: jwk, format: 'jwk' }) }
  } catch {
    return null
  }
}

/** An {@link ImportKey} that keeps the last `limit` keys: a terminal meets the same issuers again and again. */
export function rememberingImport(limit: number): ImportKey {
  const kept = new Map<string, RsaPublicKey | null>()
  return (modulus, exponent) => {
    const name = `${toHex(exponent)}:${toHex(modulus)}`
    const key = kept.get(name) ?? rsaPublicKey(modulus, exponent)
    kept.delete(name)
    kept.set(name, key)
    for (const oldest of kept.keys()) {
      if (kept.size <= limit) break
      kept.delete(oldest)
    }
    return key
  }
}

/** A private key for {@link rsaSign} and {@link rsaDecrypt}. Throws a TypeError when it is no RSA key of whole bytes. */
export function rsaPrivateKey(key: KeyObject): RsaPrivateKey {
  const bits = key.type === 'private' ? key.asymmetricKeyDetails?.modulusLength : undefined
  if (bits === undefined || bits % 8 !== 0)
    throw new TypeError(
      `expected an RSA private key of whole bytes, got ${key.asymmetricKeyType ?? key.type}`,
    )
  return { key, length: bits / 8 }
}

/** Raw RSA with the public key (EMV 4.4 Book 2, B2.1), also to encipher; null unless `block` is as long as the modulus and below it. */
export function rsaRecover(key: RsaPublicKey, block: Uint8Array): Uint8Array | null {
  if (block.length !== key.modulus.length) return null
  try {
    return new Uint8Array(publicEncrypt({ key: key.key, padding: RAW }, block))
  } catch {
    // OpenSSL refuses a number that is not below the modulus, and an even modulus: both came from a card.
    return null
  }
}

/** Raw RSA with the private key. Throws a RangeError unless `block` is as long as the modulus. */
export function rsaSign(key: RsaPrivateKey, block: Uint8Array): Uint8Array {
  if (block.length !== key.length)
    throw new RangeError(`expected a block of ${key.length} bytes to sign, got ${block.length}`)
  return new Uint8Array(privateEncrypt({ key: key.key, padding: RAW }, block))
}

/** Raw RSA with the private key on what somebody else made: null unless it is as long as the modulus and below it. */
export function rsaDecrypt(key: RsaPrivateKey, block: Uint8Array): Uint8Array | null {
  try {
    return block.length === key.length ? rsaSign(key, block) : null
  } catch {
    return null
  }
}

function number(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${toHex(bytes)}`)
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
