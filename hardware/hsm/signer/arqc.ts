import { createHash, timingSafeEqual } from 'node:crypto'
import pkcs11 from 'pkcs11js'
import { CID } from '../../../protocols/interledger/application.ts'
import { paddedContext, sessionKeyInput } from '../../../protocols/interledger/cryptogram-input.ts'
import type { HsmRequest } from '../requests.ts'
import { call, type TokenSession, template } from './cryptoki.ts'
import { rawSignature } from './der-signature.ts'
import type { Keys } from './keys.ts'

const BLOCK = 16
const SESSION_KEY = template({
  CKA_CLASS: pkcs11.CKO_SECRET_KEY,
  CKA_KEY_TYPE: pkcs11.CKK_AES,
  CKA_VALUE_LEN: 16,
  CKA_TOKEN: false,
  CKA_PRIVATE: true,
  CKA_SENSITIVE: true,
  CKA_EXTRACTABLE: false,
  CKA_SIGN: true,
})
const NOT_THE_CARDS = new Set(['CKR_SIGNATURE_INVALID', 'CKR_SIGNATURE_LEN_RANGE'])

type VerifyArqc = Extract<HsmRequest, { operation: 'VerifyArqc' }>

/** Whether the cryptogram is the one that the card with this key makes over the CDOL1 data. */
export function verifyArqc(token: TokenSession, keys: Keys, request: VerifyArqc): boolean {
  const { label, cid, data, cryptogram } = request
  return call(`the token to check a cryptogram with key "${label}"`, () =>
    cid === CID.aes
      ? verifyAes(token, keys.use(label, 'CKO_SECRET_KEY'), data, cryptogram)
      : verifyEcdsa(token, keys.use(label, 'CKO_PUBLIC_KEY'), data, cryptogram),
  )
}

/**
 * Interledger, CID 80. The card key K and the session key S stay in the token. Into the memory of this process, and no further, come:
 * E(K, 0), from which CMAC makes its subkeys (RFC 4493, 2.3); E(K, first block of the session key input); and the whole CMAC under S.
 * S = E(K, second block ^ first result ^ subkey) cannot be computed from those without K. PKCS#11 has no derivation by CMAC, and
 * CKM_AES_CBC_ENCRYPT_DATA over both blocks would keep the leading 16 bytes instead of the last (PKCS#11 3.1, 6.27).
 */
function verifyAes(
  token: TokenSession,
  cardKey: pkcs11.Handle,
  data: Uint8Array,
  cryptogram: Uint8Array,
): boolean {
  const sessionKey = deriveSessionKey(token, cardKey, sessionKeyInput(data.subarray(0, 2)))
  try {
    const mac = cmac(token, sessionKey, paddedContext(data))
    return timingSafeEqual(mac.subarray(0, cryptogram.length), cryptogram)
  } finally {
    token.module.C_DestroyObject(token.session, sessionKey)
  }
}

/** AES-CMAC of the 20 bytes `input` as a key in the token: two blocks, the second one short and so masked with subkey K2. */
function deriveSessionKey(
  { module, session }: TokenSession,
  cardKey: pkcs11.Handle,
  input: Uint8Array,
): pkcs11.Handle {
  const blocks = Buffer.alloc(2 * BLOCK)
  blocks.set(input.subarray(0, BLOCK), BLOCK)
  module.C_EncryptInit(session, { mechanism: pkcs11.CKM_AES_ECB }, cardKey)
  const encrypted = module.C_Encrypt(session, blocks, Buffer.alloc(2 * BLOCK))
  const parameter = {
    type: pkcs11.CK_PARAMS_AES_CBC,
    iv: encrypted.subarray(BLOCK),
    data: lastBlock(input.subarray(BLOCK), encrypted.subarray(0, BLOCK)),
  }
  return module.C_DeriveKey(
    session,
    { mechanism: pkcs11.CKM_AES_CBC_ENCRYPT_DATA, parameter },
    cardKey,
    SESSION_KEY,
  )
}

/** Padding 80 00…, then K2 = L·x² (RFC 4493, 2.3 and 2.4); `zeroEncrypted` is L. */
function lastBlock(rest: Uint8Array, zeroEncrypted: Uint8Array): Buffer {
  const block = doubled(doubled(zeroEncrypted))
  for (const [index, byte] of [...rest, 0x80].entries()) block[index] = (block[index] ?? 0) ^ byte
  return block
}

/** Times x in GF(2^128), RFC 4493, 2.3; without branches on the value. */
function doubled(block: Uint8Array): Buffer {
  const result = Buffer.alloc(BLOCK)
  for (let i = 0; i < BLOCK; i++) result[i] = ((block[i] ?? 0) << 1) | ((block[i + 1] ?? 0) >> 7)
  result[BLOCK - 1] = (result[BLOCK - 1] ?? 0) ^ (0x87 * ((block[0] ?? 0) >> 7))
  return result
}

/** AES-CMAC in the token, 16 bytes. */
export function cmac({ module, session }: TokenSession, key: pkcs11.Handle, data: Uint8Array): Buffer {
  module.C_SignInit(session, { mechanism: pkcs11.CKM_AES_CMAC }, key)
  return module.C_Sign(session, Buffer.from(data.buffer, data.byteOffset, data.length), Buffer.alloc(BLOCK))
}

/** Interledger, CID C1: the public key is in the token, the profile's SHA-1 is computed here (CKM_ECDSA takes a digest). */
function verifyEcdsa(
  { module, session }: TokenSession,
  publicKey: pkcs11.Handle,
  data: Uint8Array,
  cryptogram: Uint8Array,
): boolean {
  const signature = rawSignature(cryptogram)
  if (signature === null) return false
  module.C_VerifyInit(session, { mechanism: pkcs11.CKM_ECDSA }, publicKey)
  try {
    return module.C_Verify(session, createHash('sha1').update(data).digest(), signature)
  } catch (error) {
    if (error instanceof Error && NOT_THE_CARDS.has(error.message.replace(/:\d+$/, ''))) return false
    throw error
  }
}
