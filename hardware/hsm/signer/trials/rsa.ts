import { constants, createPublicKey, publicEncrypt, randomBytes, verify } from 'node:crypto'
import pkcs11 from 'pkcs11js'
import { MODULUS_BYTES } from '../../hierarchy/algorithms.ts'
import { type TokenSession, template } from '../cryptoki.ts'
import { decryptRsa, type RsaKey, type RsaPadding, signRsa } from '../rsa.ts'
import { PROBE_RSA_KEY } from './rsa-key.ts'
import { DIGEST, MESSAGE, type Trial } from './trial.ts'

const RSA_PUBLIC_KEY = createPublicKey({ key: { kty: 'RSA', n: PROBE_RSA_KEY.n, e: 'AQAB' }, format: 'jwk' })

/** What is done with RSA keys. */
export const RSA_TRIALS = {
  // Making one takes a second: looked up alone.
  'rsa-2048': makesRsa(2048),
  'rsa-3072': makesRsa(3072),
  'rsa-pkcs1': rsaSignature('pkcs1', constants.RSA_PKCS1_PADDING),
  'rsa-pss': rsaSignature('pss', constants.RSA_PKCS1_PSS_PADDING),
  'rsa-raw': (token, mechanism) => {
    const block = Buffer.concat([Buffer.alloc(1), randomBytes(MODULUS_BYTES['rsa-2048'] - 1)])
    const sealed = publicEncrypt({ key: RSA_PUBLIC_KEY, padding: constants.RSA_NO_PADDING }, block)
    return decryptRsa(token, rsaKey(token), sealed, mechanism).equals(block)
  },
} as const satisfies Record<string, Trial>

function makesRsa(bits: number): Trial {
  return ({ module, session }, mechanism) => {
    const { minKeySize, maxKeySize } = module.C_GetMechanismInfo(
      module.C_GetSessionInfo(session).slotID,
      mechanism,
    )
    return minKeySize <= bits && bits <= maxKeySize
  }
}

function rsaSignature(scheme: RsaPadding, padding: number): Trial {
  return (token, mechanism) => {
    const signature = signRsa(token, rsaKey(token), DIGEST, mechanism, scheme)
    const key = { key: RSA_PUBLIC_KEY, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    return verify('sha256', MESSAGE, key, signature)
  }
}

function rsaKey({ module, session }: TokenSession): RsaKey {
  const { n, d, p, q, dp, dq, qi } = PROBE_RSA_KEY
  const bytes = (text: string) => Buffer.from(text, 'base64url')
  const handle = module.C_CreateObject(
    session,
    template({
      CKA_CLASS: pkcs11.CKO_PRIVATE_KEY,
      CKA_KEY_TYPE: pkcs11.CKK_RSA,
      CKA_TOKEN: false,
      CKA_PRIVATE: true,
      CKA_SIGN: true,
      CKA_DECRYPT: true,
      CKA_MODULUS: bytes(n),
      CKA_PUBLIC_EXPONENT: bytes('AQAB'),
      CKA_PRIVATE_EXPONENT: bytes(d),
      CKA_PRIME_1: bytes(p),
      CKA_PRIME_2: bytes(q),
      CKA_EXPONENT_1: bytes(dp),
      CKA_EXPONENT_2: bytes(dq),
      CKA_COEFFICIENT: bytes(qi),
    }),
  )
  return { handle, algorithm: 'rsa-2048' }
}
