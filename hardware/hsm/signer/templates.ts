import pkcs11 from 'pkcs11js'
import {
  ALGORITHMS,
  type CurveAlgorithm,
  isRsa,
  type KeyAlgorithm,
  MODULUS_BYTES,
  type PairAlgorithm,
  type SecretAlgorithm,
} from '../hierarchy/algorithms.ts'
import { type KeyUsage, type TokenUse, USAGES } from '../hierarchy/usages.ts'
import { bufferOf, template } from './cryptoki.ts'

type Attributes = Parameters<typeof template>[0]

const KEY_TYPES: Record<KeyAlgorithm, number> = {
  'aes-128': pkcs11.CKK_AES,
  'aes-192': pkcs11.CKK_AES,
  'aes-256': pkcs11.CKK_AES,
  'tdes-2': pkcs11.CKK_DES2,
  'tdes-3': pkcs11.CKK_DES3,
  'hmac-sha256': pkcs11.CKK_GENERIC_SECRET,
  'ec-p256': pkcs11.CKK_EC,
  'ec-secp256k1': pkcs11.CKK_EC,
  // CKK_EC_EDWARDS, PKCS#11 3.1, 6.3.
  ed25519: 0x40,
  'rsa-2048': pkcs11.CKK_RSA,
  'rsa-3072': pkcs11.CKK_RSA,
}

/** CKA_EC_PARAMS: the curve's OID; of Ed25519 its name, as PKCS#11 3.0 had it and SoftHSM2 and YubiHSM 2 still do. */
export const CURVES: Record<CurveAlgorithm, Buffer> = {
  'ec-p256': Buffer.from('06082A8648CE3D030107', 'hex'),
  'ec-secp256k1': Buffer.from('06052B8104000A', 'hex'),
  ed25519: Buffer.from('130C656477617264733235353139', 'hex'),
}

/** CKM_EC_KEY_PAIR_GEN, and CKM_EC_EDWARDS_KEY_PAIR_GEN, which the binding does not name. */
export const PAIR_GENERATORS: Record<PairAlgorithm, number> = {
  'ec-p256': pkcs11.CKM_EC_KEY_PAIR_GEN,
  'ec-secp256k1': pkcs11.CKM_EC_KEY_PAIR_GEN,
  ed25519: 0x1055,
  'rsa-2048': pkcs11.CKM_RSA_PKCS_KEY_PAIR_GEN,
  'rsa-3072': pkcs11.CKM_RSA_PKCS_KEY_PAIR_GEN,
}

/** 65537, the only one that keys here have. */
const EXPONENT = Buffer.from('010001', 'hex')
const USES: readonly TokenUse[] = ['ENCRYPT', 'DECRYPT', 'SIGN', 'VERIFY', 'DERIVE', 'WRAP']

/** Objects of a signer: gone with its session, unreadable, not to be wrapped again. */
const IN_USE = { CKA_TOKEN: false, CKA_PRIVATE: true, CKA_SENSITIVE: true, CKA_EXTRACTABLE: false } as const
/** Objects that live until they have been wrapped. */
const LEAVING = { ...IN_USE, CKA_EXTRACTABLE: true } as const
/** Objects whose value the signer reads, where the configuration allows that. */
const CLEAR = { ...LEAVING, CKA_SENSITIVE: false } as const

/** A key that is used for what its usage allows in the token, and nothing else. */
export function inUse(algorithm: KeyAlgorithm, usage: KeyUsage): pkcs11.Template {
  const allowed = USAGES[usage].uses[ALGORITHMS[algorithm].family] ?? []
  return template({ ...classOf(algorithm), ...IN_USE, ...allowing(algorithm, allowed) })
}

/** A key that is about to be wrapped; it can make its own check value. */
export function leaving(algorithm: KeyAlgorithm): pkcs11.Template {
  return template({ ...classOf(algorithm), ...LEAVING, ...allowing(algorithm, checkUses(algorithm)) })
}

export function readable(algorithm: KeyAlgorithm): pkcs11.Template {
  return template({ ...classOf(algorithm), ...CLEAR })
}

/** What a derived key is used for in the signer itself. `bytes`: where its length does not follow from its type. */
export function derived(algorithm: SecretAlgorithm, uses: readonly TokenUse[]): pkcs11.Template {
  return template({ ...classOf(algorithm), ...lengthOf(algorithm), ...IN_USE, ...allowing(algorithm, uses) })
}

/** As {@link derived}, to be wrapped. */
export function derivedLeaving(algorithm: SecretAlgorithm): pkcs11.Template {
  const uses = allowing(algorithm, checkUses(algorithm))
  return template({ ...classOf(algorithm), ...lengthOf(algorithm), ...LEAVING, ...uses })
}

/** A secret key to be generated, then wrapped. */
export function generated(algorithm: SecretAlgorithm, more: readonly TokenUse[] = []): pkcs11.Template {
  const uses = allowing(algorithm, [...checkUses(algorithm), ...more])
  return template({ ...lengthOf(algorithm), ...LEAVING, ...uses })
}

/** A secret key from its value. */
export function known(algorithm: SecretAlgorithm, value: Uint8Array): pkcs11.Template {
  const base = { ...classOf(algorithm), ...LEAVING, ...allowing(algorithm, checkUses(algorithm)) }
  return template({ ...base, CKA_VALUE: bufferOf(value) })
}

/** Public and private half of a pair to be generated; the private one is then wrapped, or kept for these uses. */
export function generatedPair(
  algorithm: PairAlgorithm,
  uses: readonly TokenUse[] = ['SIGN'],
): { public: pkcs11.Template; private: pkcs11.Template } {
  return {
    public: template({
      ...parametersOf(algorithm),
      CKA_TOKEN: false,
      CKA_PRIVATE: false,
      CKA_VERIFY: true,
    }),
    private: template({ ...LEAVING, ...allowing(algorithm, uses) }),
  }
}

function parametersOf(algorithm: PairAlgorithm): Attributes {
  if (!isRsa(algorithm)) return { CKA_EC_PARAMS: CURVES[algorithm] }
  return { CKA_MODULUS_BITS: MODULUS_BYTES[algorithm] * 8, CKA_PUBLIC_EXPONENT: EXPONENT }
}

/** What changes when a key of a session becomes one of the token. */
export function kept(id: Buffer): pkcs11.Template {
  return template({ CKA_TOKEN: true, CKA_ID: id, CKA_EXTRACTABLE: false })
}

/** A key that {@link kept} made, to be searched for. */
export function keptAs(id: string): pkcs11.Template {
  return template({ CKA_TOKEN: true, CKA_CLASS: pkcs11.CKO_PRIVATE_KEY, CKA_ID: Buffer.from(id, 'hex') })
}

/** CKA_NSS_DB of nss/lib/util/pkcs11n.h: NSS unwraps no private key of a curve without its public one. */
const CKA_NSS_DB = 0xd5a0db00

/** What NSS wants to be told beside a wrapped private key. `point`: hex. */
export function besidePrivate(point: string): pkcs11.Template {
  return [{ type: CKA_NSS_DB, value: Buffer.from(point, 'hex') }]
}

/** A public key from its point. */
export function publicKey(algorithm: CurveAlgorithm, point: Uint8Array): pkcs11.Template {
  return template({
    CKA_CLASS: pkcs11.CKO_PUBLIC_KEY,
    CKA_KEY_TYPE: KEY_TYPES[algorithm],
    CKA_EC_PARAMS: CURVES[algorithm],
    // An OCTET STRING around the point (PKCS#11 3.1, 6.3.3): tag and length.
    CKA_EC_POINT: Buffer.from([0x04, point.length, ...point]),
    CKA_TOKEN: false,
    CKA_PRIVATE: false,
    CKA_VERIFY: true,
  })
}

function classOf(algorithm: KeyAlgorithm): Attributes {
  const secret = ALGORITHMS[algorithm].bytes !== null
  return {
    CKA_CLASS: secret ? pkcs11.CKO_SECRET_KEY : pkcs11.CKO_PRIVATE_KEY,
    CKA_KEY_TYPE: KEY_TYPES[algorithm],
  }
}

/** DES keys have the length of their type; a length in the template is refused. */
function lengthOf(algorithm: SecretAlgorithm): Attributes {
  const { family, bytes } = ALGORITHMS[algorithm]
  return family === 'tdes' ? {} : { CKA_VALUE_LEN: bytes }
}

function checkUses(algorithm: KeyAlgorithm): readonly TokenUse[] {
  return { aes: ['ENCRYPT'], tdes: ['ENCRYPT'], hmac: ['SIGN'], ec: ['SIGN'], rsa: ['SIGN'] }[
    ALGORITHMS[algorithm].family
  ] as readonly TokenUse[]
}

/** Secret keys say of every use whether they have it, since a token has its own idea where nothing is said; private keys sign, those of RSA may decrypt. */
function allowing(algorithm: KeyAlgorithm, uses: readonly TokenUse[]): Attributes {
  const signs = { CKA_SIGN: uses.includes('SIGN') }
  if (isRsa(algorithm)) return { ...signs, CKA_DECRYPT: uses.includes('DECRYPT') }
  if (ALGORITHMS[algorithm].bytes === null) return signs
  return Object.fromEntries(USES.map((use) => [`CKA_${use}`, uses.includes(use)]))
}
