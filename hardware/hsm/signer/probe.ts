import {
  constants,
  createCipheriv,
  createHash,
  createHmac,
  createPublicKey,
  type KeyObject,
  publicEncrypt,
  randomBytes,
  verify,
} from 'node:crypto'
import pkcs11 from 'pkcs11js'
import { aesCmac, tdesCmac } from '../../../protocols/mac/cmac.ts'
import { type Capabilities, FEATURES, type Feature, MECHANISM_NUMBERS } from '../capabilities/features.ts'
import { type CurveAlgorithm, MODULUS_BYTES, type SecretAlgorithm } from '../hierarchy/algorithms.ts'
import type { TokenUse } from '../hierarchy/usages.ts'
import { type TokenSession, template } from './cryptoki.ts'
import { deriveAesBlock, deriveEcb } from './derivation.ts'
import { destroying } from './objects.ts'
import { PROBE_RSA_KEY } from './probe-rsa-key.ts'
import { decryptRsa, type RsaKey, type RsaPadding, signRsa } from './rsa.ts'
import { derived, generatedPair, PAIR_GENERATORS } from './templates.ts'

// Keys of nobody, only to see whether the token computes what everybody computes. TDES halves have odd parity.
const AES_KEY = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex')
const TDES_KEY = Buffer.from('0123456789abcdeffedcba9876543210', 'hex')
const BLOCK = Buffer.from('101112131415161718191a1b1c1d1e1f', 'hex')
const TWO_BLOCKS = Buffer.concat([BLOCK, AES_KEY])
const MESSAGE = Buffer.from('a message of 28 bytes at all')
const DIGEST = createHash('sha256').update(MESSAGE).digest()
/** RFC 5649, 3: the alternative initial value. */
const WRAP_PAD_IV = Buffer.from('a65959a6', 'hex')

const RSA_PUBLIC_KEY = createPublicKey({ key: { kty: 'RSA', n: PROBE_RSA_KEY.n, e: 'AQAB' }, format: 'jwk' })

type Trial = (token: TokenSession, mechanism: number) => boolean

const TRIALS: Record<Feature, Trial> = {
  'aes-ecb': (token, mechanism) => {
    const key = secret(token, 'aes-128', AES_KEY, ['ENCRYPT'])
    return encrypt(token, { mechanism }, key, TWO_BLOCKS).equals(aes('aes-128-ecb', null, TWO_BLOCKS))
  },
  'aes-cbc': (token, mechanism) => {
    const key = secret(token, 'aes-128', AES_KEY, ['ENCRYPT'])
    const came = encrypt(token, { mechanism, parameter: BLOCK }, key, TWO_BLOCKS)
    return came.equals(aes('aes-128-cbc', BLOCK, TWO_BLOCKS))
  },
  'aes-cmac': (token, mechanism) => {
    const key = secret(token, 'aes-128', AES_KEY, ['SIGN'])
    return mac(token, mechanism, key, 16).equals(aesCmac(AES_KEY, MESSAGE))
  },
  'aes-cbc-derive': (token) => {
    const base = secret(token, 'aes-128', AES_KEY, ['DERIVE'])
    const key = deriveAesBlock(token, base, BLOCK, derived('aes-128', ['ENCRYPT']))
    return actsAs(token, key, aes('aes-128-ecb', null, BLOCK))
  },
  'aes-ecb-derive': (token, mechanism) => {
    const base = secret(token, 'aes-128', AES_KEY, ['DERIVE'])
    const key = deriveEcb(token, mechanism, base, TWO_BLOCKS, derived('aes-256', ['ENCRYPT']))
    return actsAs(token, key, aes('aes-128-ecb', null, TWO_BLOCKS))
  },
  'tdes-ecb': (token, mechanism) => {
    const key = secret(token, 'tdes-2', TDES_KEY, ['ENCRYPT'])
    return encrypt(token, { mechanism }, key, BLOCK).equals(tdes('des-ede-ecb', null, BLOCK))
  },
  'tdes-cbc': (token, mechanism) => {
    const key = secret(token, 'tdes-2', TDES_KEY, ['ENCRYPT'])
    const iv = BLOCK.subarray(0, 8)
    return encrypt(token, { mechanism, parameter: iv }, key, TWO_BLOCKS).equals(
      tdes('des-ede-cbc', iv, TWO_BLOCKS),
    )
  },
  'tdes-cmac': (token, mechanism) => {
    const key = secret(token, 'tdes-2', TDES_KEY, ['SIGN'])
    return mac(token, mechanism, key, 8).equals(tdesCmac(TDES_KEY, MESSAGE))
  },
  'tdes-ecb-derive': (token, mechanism) => {
    const base = secret(token, 'tdes-2', TDES_KEY, ['DERIVE'])
    const key = deriveEcb(token, mechanism, base, BLOCK, derived('tdes-2', ['ENCRYPT']))
    const value = tdes('des-ede-ecb', null, BLOCK)
    const expected = createCipheriv('des-ede-ecb', value, null).setAutoPadding(false).update(BLOCK)
    return encrypt(token, { mechanism: pkcs11.CKM_DES3_ECB }, key, BLOCK).equals(expected)
  },
  hmac: (token, mechanism) => {
    const key = secret(token, 'hmac-sha256', TWO_BLOCKS, ['SIGN'])
    return mac(token, mechanism, key, 32).equals(createHmac('sha256', TWO_BLOCKS).update(MESSAGE).digest())
  },
  'key-wrap-pad': (token, mechanism) => {
    const { module, session } = token
    const wrapping = secret(token, 'aes-128', AES_KEY, ['WRAP'])
    const inner = secret(token, 'aes-128', BLOCK, ['ENCRYPT'])
    const wrapped = module.C_WrapKey(session, { mechanism }, wrapping, inner, Buffer.alloc(64))
    const cipher = createCipheriv('id-aes128-wrap-pad', AES_KEY, WRAP_PAD_IV)
    return wrapped.equals(Buffer.concat([cipher.update(BLOCK), cipher.final()]))
  },
  'ec-p256': pair('ec-p256', 'P-256'),
  'ec-secp256k1': pair('ec-secp256k1', 'secp256k1'),
  ed25519: pair('ed25519', 'Ed25519'),
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
}

/** Does with keys of nobody what each feature promises, and compares; what throws or differs is not there. Leaves nothing in the token. */
export function probe(token: TokenSession): Capabilities {
  const found = Object.entries(FEATURES).map(([feature, mechanisms]) => [
    feature,
    mechanisms.find((mechanism) => tried(token, TRIALS[feature as Feature], MECHANISM_NUMBERS[mechanism])) ??
      null,
  ])
  return Object.fromEntries(found)
}

/** The number of the mechanism that works for a feature that is there. */
export function mechanismOf(capabilities: Capabilities, feature: Feature): number {
  return MECHANISM_NUMBERS[capabilities[feature] ?? FEATURES[feature][0]]
}

function tried(token: TokenSession, trial: Trial, mechanism: number): boolean {
  const { module } = token
  const slot = module.C_GetSessionInfo(token.session).slotID
  // A session of its own: its objects end with it, as does an operation that was left half done.
  const session = module.C_OpenSession(slot, pkcs11.CKF_RW_SESSION | pkcs11.CKF_SERIAL_SESSION)
  try {
    return trial({ module, session }, mechanism)
  } catch {
    return false
  } finally {
    module.C_CloseSession(session)
  }
}

function secret(
  { module, session }: TokenSession,
  algorithm: SecretAlgorithm,
  value: Buffer,
  uses: readonly TokenUse[],
): pkcs11.Handle {
  const types = {
    'aes-128': pkcs11.CKK_AES,
    'tdes-2': pkcs11.CKK_DES2,
    'hmac-sha256': pkcs11.CKK_GENERIC_SECRET,
  }
  const allowed = Object.fromEntries(uses.map((use) => [`CKA_${use}`, true]))
  return module.C_CreateObject(
    session,
    template({
      CKA_CLASS: pkcs11.CKO_SECRET_KEY,
      CKA_KEY_TYPE: types[algorithm as keyof typeof types],
      CKA_VALUE: value,
      CKA_TOKEN: false,
      CKA_EXTRACTABLE: true,
      ...allowed,
    }),
  )
}

function encrypt(
  { module, session }: TokenSession,
  mechanism: pkcs11.Mechanism,
  key: pkcs11.Handle,
  data: Buffer,
): Buffer {
  module.C_EncryptInit(session, mechanism, key)
  return module.C_Encrypt(session, data, Buffer.alloc(data.length))
}

function mac(
  { module, session }: TokenSession,
  mechanism: number,
  key: pkcs11.Handle,
  length: number,
): Buffer {
  module.C_SignInit(session, { mechanism }, key)
  return module.C_Sign(session, MESSAGE, Buffer.alloc(length))
}

/** Whether an AES key in the token, whose value nobody can read, is this one. */
function actsAs(token: TokenSession, key: pkcs11.Handle, value: Buffer): boolean {
  const expected = createCipheriv(`aes-${value.length * 8}-ecb`, value, null)
    .setAutoPadding(false)
    .update(BLOCK)
  return encrypt(token, { mechanism: pkcs11.CKM_AES_ECB }, key, BLOCK).equals(expected)
}

function aes(cipher: string, iv: Buffer | null, data: Buffer): Buffer {
  return createCipheriv(cipher, AES_KEY, iv).setAutoPadding(false).update(data)
}

function tdes(cipher: string, iv: Buffer | null, data: Buffer): Buffer {
  return createCipheriv(cipher, TDES_KEY, iv).setAutoPadding(false).update(data)
}

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
