import { type KeyObject, sign, timingSafeEqual, verify } from 'node:crypto'
import { concat } from '../bytes/bytes.ts'
import { aesCmac } from '../mac/cmac.ts'
import { CID, CRYPTOGRAM_BYTES } from './application.ts'
import { checkLength, paddedContext, sessionKeyInput } from './cryptogram-input.ts'

export { paddedContext, sessionKeyInput }

const AES_CRYPTOGRAM_BYTES = CRYPTOGRAM_BYTES[CID.aes] ?? 0
const ECDSA_CRYPTOGRAM_BYTES = CRYPTOGRAM_BYTES[CID.ecdsa] ?? 0

/**
 * The cryptogram of CID 80, 8 bytes: AES-CMAC over the padded context under the session key, cut. `cardKey`: 16 bytes; `cdol1Data`: 149
 * bytes, the ATC first.
 */
export function aesCryptogram(cardKey: Uint8Array, cdol1Data: Uint8Array): Uint8Array {
  if (cardKey.length !== 16) throw new RangeError(`expected a card key of 16 bytes, got ${cardKey.length}`)
  const context = paddedContext(cdol1Data)
  const sessionKey = aesCmac(cardKey, sessionKeyInput(cdol1Data.subarray(0, 2)))
  return aesCmac(sessionKey, context).slice(0, AES_CRYPTOGRAM_BYTES)
}

/** Whether `cryptogram` is the one of {@link aesCryptogram}; compared in constant time. */
export function verifyAes(cardKey: Uint8Array, cdol1Data: Uint8Array, cryptogram: Uint8Array): boolean {
  const expected = aesCryptogram(cardKey, cdol1Data)
  return cryptogram.length === expected.length && timingSafeEqual(expected, cryptogram)
}

/**
 * The cryptogram of CID C1, 72 bytes: ECDSA with SHA-1 over the CDOL1 data (149 bytes, not padded), DER, zero-padded on the right. SHA-1
 * is the profile's choice. `privateKey`: P-256; throws a TypeError for another.
 */
export function ecdsaCryptogram(privateKey: KeyObject, cdol1Data: Uint8Array): Uint8Array {
  checkLength(cdol1Data)
  checkP256(privateKey)
  const signature = sign('sha1', cdol1Data, { key: privateKey, dsaEncoding: 'der' })
  return concat(signature, new Uint8Array(ECDSA_CRYPTOGRAM_BYTES - signature.length))
}

/**
 * Whether `cryptogram` is a DER signature of the CDOL1 data under the P-256 `publicKey`, followed by zeros up to 72 bytes and nothing
 * else. Throws a TypeError for another kind of key.
 */
export function verifyEcdsa(publicKey: KeyObject, cdol1Data: Uint8Array, cryptogram: Uint8Array): boolean {
  checkLength(cdol1Data)
  checkP256(publicKey)
  const signature = derPart(cryptogram)
  return signature !== null && verify('sha1', cdol1Data, { key: publicKey, dsaEncoding: 'der' }, signature)
}

function derPart(cryptogram: Uint8Array): Uint8Array | null {
  const [sequence, length = 0] = cryptogram
  const end = 2 + length
  if (cryptogram.length !== ECDSA_CRYPTOGRAM_BYTES || sequence !== 0x30 || end > cryptogram.length)
    return null
  return cryptogram.subarray(end).every((byte) => byte === 0) ? cryptogram.subarray(0, end) : null
}

function checkP256(key: KeyObject): void {
  const curve = key.asymmetricKeyDetails?.namedCurve
  if (curve !== 'prime256v1')
    throw new TypeError(`expected a P-256 key, got ${curve ?? key.asymmetricKeyType ?? key.type}`)
}
