import { createHash } from 'node:crypto'
import pkcs11 from 'pkcs11js'
import type { SecretAlgorithm } from '../../hierarchy/algorithms.ts'
import type { TokenUse } from '../../hierarchy/usages.ts'
import { type TokenSession, template } from '../cryptoki.ts'

/** Whether the token computes by a mechanism what everybody computes; throws what the module throws. */
export type Trial = (token: TokenSession, mechanism: number) => boolean

// Keys of nobody, only to see whether the token computes what everybody computes. TDES halves have odd parity.
export const AES_KEY = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex')
export const TDES_KEY = Buffer.from('0123456789abcdeffedcba9876543210', 'hex')
export const BLOCK = Buffer.from('101112131415161718191a1b1c1d1e1f', 'hex')
export const TWO_BLOCKS = Buffer.concat([BLOCK, AES_KEY])
export const MESSAGE = Buffer.from('a message of 28 bytes at all')
export const DIGEST = createHash('sha256').update(MESSAGE).digest()

/** A key of the session whose value is known. */
export function secret(
  { module, session }: TokenSession,
  algorithm: SecretAlgorithm,
  value: Buffer,
  uses: readonly (TokenUse | 'UNWRAP')[],
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

export function encrypt(
  { module, session }: TokenSession,
  mechanism: pkcs11.Mechanism,
  key: pkcs11.Handle,
  data: Buffer,
): Buffer {
  module.C_EncryptInit(session, mechanism, key)
  return module.C_Encrypt(session, data, Buffer.alloc(data.length))
}
