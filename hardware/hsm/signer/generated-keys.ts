import pkcs11 from 'pkcs11js'
import {
  familyOf,
  isRsa,
  MODULUS_BYTES,
  type PairAlgorithm,
  type SecretAlgorithm,
} from '../hierarchy/algorithms.ts'
import { type KeyUsage, USAGES } from '../hierarchy/usages.ts'
import { destroying } from './objects.ts'
import type { Signer } from './signer.ts'
import { generated, generatedPair, PAIR_GENERATORS } from './templates.ts'

const GENERATORS: Record<SecretAlgorithm, number> = {
  'aes-128': pkcs11.CKM_AES_KEY_GEN,
  'aes-192': pkcs11.CKM_AES_KEY_GEN,
  'aes-256': pkcs11.CKM_AES_KEY_GEN,
  'tdes-2': pkcs11.CKM_DES2_KEY_GEN,
  'tdes-3': pkcs11.CKM_DES3_KEY_GEN,
  'hmac-sha256': pkcs11.CKM_GENERIC_SECRET_KEY_GEN,
}
const POINT_HEADER = 2

/** A key of this session with its seal: for what must happen before it is destroyed. */
export function withNewSecret<Result>(
  signer: Signer,
  algorithm: SecretAlgorithm,
  action: (key: pkcs11.Handle) => Result,
): Result {
  const { module, session } = signer.token
  const key = module.C_GenerateKey(session, { mechanism: GENERATORS[algorithm] }, generated(algorithm))
  return destroying(signer.token, [key], () => action(key))
}

/** As {@link withNewSecret}; `publicKey` as in {@link KeyRecord}. */
export function withNewPair<Result>(
  signer: Signer,
  { algorithm, usage }: { algorithm: PairAlgorithm; usage: KeyUsage },
  action: (privateKey: pkcs11.Handle, publicKey: string) => Result,
): Result {
  const { module, session } = signer.token
  const mechanism = PAIR_GENERATORS[algorithm]
  const templates = generatedPair(algorithm, USAGES[usage].uses[familyOf(algorithm)])
  const pair = module.C_GenerateKeyPair(session, { mechanism }, templates.public, templates.private)
  return destroying(signer.token, [pair.publicKey, pair.privateKey], () => {
    const value = publicValue(signer, pair.publicKey, algorithm)
    return action(pair.privateKey, value.toString('hex').toUpperCase())
  })
}

function publicValue(
  { token: { module, session } }: Signer,
  key: pkcs11.Handle,
  algorithm: PairAlgorithm,
): Buffer {
  const type = isRsa(algorithm) ? pkcs11.CKA_MODULUS : pkcs11.CKA_EC_POINT
  const [attribute] = module.C_GetAttributeValue(session, key, [{ type }])
  const value = Buffer.from((attribute?.value as Buffer) ?? [])
  return isRsa(algorithm) ? value.subarray(-MODULUS_BYTES[algorithm]) : value.subarray(POINT_HEADER)
}
