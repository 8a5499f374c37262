import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import pkcs11 from 'pkcs11js'
import type { CurveAlgorithm } from '../../hierarchy/algorithms.ts'
import { destroying } from '../objects.ts'
import { generatedPair, PAIR_GENERATORS } from '../templates.ts'
import { DIGEST, MESSAGE, type Trial } from './trial.ts'

/** What is done with key pairs on curves, made for the trial. */
export const CURVE_TRIALS = {
  'ec-p256': pair('ec-p256', 'P-256'),
  'ec-secp256k1': pair('ec-secp256k1', 'secp256k1'),
  ed25519: pair('ed25519', 'Ed25519'),
} as const satisfies Record<string, Trial>

function pair(algorithm: CurveAlgorithm, curve: string): Trial {
  const generator = PAIR_GENERATORS[algorithm]
  return (token, mechanism) => {
    const { module, session } = token
    const templates = generatedPair(algorithm)
    const keys = module.C_GenerateKeyPair(
      session,
      { mechanism: generator },
      templates.public,
      templates.private,
    )
    return destroying(token, [keys.publicKey, keys.privateKey], () => {
      const [point] = module.C_GetAttributeValue(session, keys.publicKey, [{ type: pkcs11.CKA_EC_POINT }])
      module.C_SignInit(session, { mechanism }, keys.privateKey)
      const data = algorithm === 'ed25519' ? MESSAGE : DIGEST
      const signature = module.C_Sign(session, data, Buffer.alloc(64))
      const key = publicKeyOf(curve, Buffer.from((point?.value as Buffer) ?? []).subarray(2))
      return verify(
        algorithm === 'ed25519' ? null : 'sha256',
        MESSAGE,
        { key, dsaEncoding: 'ieee-p1363' },
        signature,
      )
    })
  }
}

function publicKeyOf(curve: string, point: Buffer): KeyObject {
  const base64url = (bytes: Buffer) => bytes.toString('base64url')
  const jwk =
    curve === 'Ed25519'
      ? { kty: 'OKP', crv: curve, x: base64url(point) }
      : { kty: 'EC', crv: curve, x: base64url(point.subarray(1, 33)), y: base64url(point.subarray(33)) }
  return createPublicKey({ key: jwk, format: 'jwk' })
}
