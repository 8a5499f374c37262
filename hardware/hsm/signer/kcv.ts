import pkcs11 from 'pkcs11js'
import { familyOf, type KeyFamily, type SecretAlgorithm } from '../hierarchy/algorithms.ts'
import { bufferOf, type TokenSession } from './cryptoki.ts'

const KCV_BYTES = 3

/** Key check value of a secret key in the token, 3 bytes as upper-case hex; what it is made of: `keys/sealed-key.ts`. */
export function kcvOf(token: TokenSession, key: pkcs11.Handle, algorithm: SecretAlgorithm): string {
  const family = familyOf(algorithm) as Exclude<KeyFamily, 'ec' | 'rsa'>
  return MAKERS[family](token, key).subarray(0, KCV_BYTES).toString('hex').toUpperCase()
}

const MAKERS: Record<
  Exclude<KeyFamily, 'ec' | 'rsa'>,
  (token: TokenSession, key: pkcs11.Handle) => Buffer
> = {
  // CMAC of a zero block is the encryption of its subkey K1 (RFC 4493, 2.4): so a key that may only encrypt can do it.
  aes: (token, key) => encryptAes(token, key, doubled(encryptAes(token, key, Buffer.alloc(16)))),
  tdes: ({ module, session }, key) => {
    module.C_EncryptInit(session, { mechanism: pkcs11.CKM_DES3_ECB }, key)
    return module.C_Encrypt(session, Buffer.alloc(8), Buffer.alloc(8))
  },
  hmac: ({ module, session }, key) => {
    module.C_SignInit(session, { mechanism: pkcs11.CKM_SHA256_HMAC }, key)
    return module.C_Sign(session, bufferOf(new Uint8Array(0)), Buffer.alloc(32))
  },
}

function encryptAes({ module, session }: TokenSession, key: pkcs11.Handle, block: Buffer): Buffer {
  module.C_EncryptInit(session, { mechanism: pkcs11.CKM_AES_ECB }, key)
  return module.C_Encrypt(session, block, Buffer.alloc(16))
}

/** Times x in GF(2^128), RFC 4493, 2.3; in place, without branches on the value. */
export function doubled<Block extends Uint8Array>(block: Block, result: Block = block): Block {
  const carry = (block[0] ?? 0) >> 7
  for (let i = 0; i < 15; i++) result[i] = ((block[i] ?? 0) << 1) | ((block[i + 1] ?? 0) >> 7)
  result[15] = ((block[15] ?? 0) << 1) ^ (0x87 * carry)
  return result
}
