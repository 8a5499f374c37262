import { createHash, timingSafeEqual } from 'node:crypto'
import pkcs11 from 'pkcs11js'
import { CID } from '../../../protocols/interledger/application.ts'
import {
  CONTEXT_BYTES,
  checkLength,
  sessionKeyInput,
} from '../../../protocols/interledger/cryptogram-input.ts'
import { call, type TokenSession } from './cryptoki.ts'
import { rawSignature } from './der-signature.ts'
import { doubled } from './kcv.ts'
import type { Operation } from './operation.ts'
import { derived } from './templates.ts'

const BLOCK = 16
/** A signer does one thing at a time: what is written anew at each check has its place, since making buffers is a tenth of a check. */
const SCRATCH = {
  blocks: Buffer.alloc(2 * BLOCK),
  encrypted: Buffer.alloc(2 * BLOCK),
  lastBlock: Buffer.alloc(BLOCK),
  /** CDOL1 data are always 149 bytes: the zeros behind them stay. */
  context: Buffer.alloc(CONTEXT_BYTES),
  mac: Buffer.alloc(BLOCK),
}
const AES_ECB = { mechanism: pkcs11.CKM_AES_ECB }
const AES_CMAC = { mechanism: pkcs11.CKM_AES_CMAC }
const SESSION_KEY = derived('aes-128', ['SIGN'])
const AES_KEYS = ['aes-128'] as const
const EC_KEYS = ['ec-p256'] as const
const NOT_THE_CARDS = new Set(['CKR_SIGNATURE_INVALID', 'CKR_SIGNATURE_LEN_RANGE'])

/** `cid`: 80 or C1; `data`: CDOL1 data, 149 bytes; `cryptogram`: 8 bytes for CID 80, 72 for C1. */
interface VerifyArqcArgs {
  readonly key: string
  readonly cid: number
  readonly data: Uint8Array
  readonly cryptogram: Uint8Array
}

/** Whether the cryptogram is the one that the card with this key makes over the CDOL1 data. */
export const verifyArqc: Operation<VerifyArqcArgs, boolean> = {
  variant: ({ cid }) => (cid === CID.aes ? 'VerifyArqc aes-128' : 'VerifyArqc ec-p256'),
  inToken: ({ ring, token }, { key, cid, data, cryptogram }) => {
    const { handle } = ring.use(key, 'verify cryptograms', cid === CID.aes ? AES_KEYS : EC_KEYS)
    return call(`the token to check a cryptogram with key "${key}"`, () =>
      cid === CID.aes
        ? verifyAes(token, handle, data, cryptogram)
        : verifyEcdsa(token, handle, data, cryptogram),
    )
  },
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
  checkLength(data)
  SCRATCH.context.set(data)
  const sessionKey = deriveSessionKey(token, cardKey, sessionKeyInput(data.subarray(0, 2)))
  try {
    const mac = cmac(token, sessionKey, SCRATCH.context, SCRATCH.mac)
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
  const { blocks } = SCRATCH
  for (let i = 0; i < BLOCK; i++) blocks[BLOCK + i] = input[i] ?? 0
  module.C_EncryptInit(session, AES_ECB, cardKey)
  const encrypted = module.C_Encrypt(session, blocks, SCRATCH.encrypted)
  const parameter = {
    type: pkcs11.CK_PARAMS_AES_CBC,
    iv: encrypted.subarray(BLOCK),
    data: lastBlock(input, encrypted),
  }
  return module.C_DeriveKey(
    session,
    { mechanism: pkcs11.CKM_AES_CBC_ENCRYPT_DATA, parameter },
    cardKey,
    SESSION_KEY,
  )
}

/** What `input` has behind its first block, padded with 80 00…, then K2 = L·x² (RFC 4493, 2.3 and 2.4); `encrypted` begins with L. */
function lastBlock(input: Uint8Array, encrypted: Buffer): Buffer {
  const block = doubled(doubled(encrypted, SCRATCH.lastBlock))
  const length = input.length - BLOCK
  for (let i = 0; i < length; i++) block[i] = (block[i] ?? 0) ^ (input[BLOCK + i] ?? 0)
  block[length] = (block[length] ?? 0) ^ 0x80
  return block
}

/** AES-CMAC in the token, 16 bytes, in `mac`. */
function cmac({ module, session }: TokenSession, key: pkcs11.Handle, data: Buffer, mac: Buffer): Buffer {
  module.C_SignInit(session, AES_CMAC, key)
  return module.C_Sign(session, data, mac)
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
