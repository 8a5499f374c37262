import { timingSafeEqual } from 'node:crypto'
import pkcs11 from 'pkcs11js'
import { aesCmac, tdesCmac } from '../../../protocols/mac/cmac.ts'
import { retailMac } from '../../../protocols/mac/iso9797.ts'
import { pad } from '../../../protocols/mac/padding.ts'
import { xor } from '../../../protocols/mac/xor.ts'
import type { Variant } from '../capabilities/placement.ts'
import type { KeyAlgorithm } from '../hierarchy/algorithms.ts'
import type { Purpose } from '../hierarchy/usages.ts'
import { bufferOf, call, type TokenSession } from './cryptoki.ts'
import type { KeyInUse } from './key-ring.ts'
import type { Operation } from './operation.ts'
import type { Signer } from './signer.ts'

/**
 * CMAC (NIST SP 800-38B), HMAC-SHA256, or the retail MAC: algorithm 3 of ISO/IEC 9797-1 with its padding method 1 (zeros) or 2 (80 00 …).
 */
export type MacMethod = 'aes-cmac' | 'tdes-cmac' | 'hmac-sha256' | 'retail, padding 1' | 'retail, padding 2'

interface MacArgs {
  readonly key: string
  readonly method: MacMethod
  readonly data: Uint8Array
}

interface Method {
  readonly variant: Variant
  readonly algorithms: readonly KeyAlgorithm[]
  inToken(token: TokenSession, key: KeyInUse, data: Uint8Array): Buffer
  clear?(key: Uint8Array, data: Uint8Array): Uint8Array
}

const DES_BLOCK = 8
/** Made once: a number of the binding is looked up among a thousand. */
export const AES_CMAC = { mechanism: pkcs11.CKM_AES_CMAC }
const TDES_CMAC = { mechanism: pkcs11.CKM_DES3_CMAC }
const HMAC = { mechanism: pkcs11.CKM_SHA256_HMAC }

export const MAC_METHODS: Record<MacMethod, Method> = {
  'aes-cmac': {
    variant: 'Mac aes-cmac',
    algorithms: ['aes-128', 'aes-192', 'aes-256'],
    inToken: (token, { handle }, data) => sign(token, AES_CMAC, handle, data, 16),
    clear: aesCmac,
  },
  'tdes-cmac': {
    variant: 'Mac tdes-cmac',
    algorithms: ['tdes-2', 'tdes-3'],
    inToken: (token, { handle }, data) => sign(token, TDES_CMAC, handle, data, DES_BLOCK),
    clear: tdesCmac,
  },
  'hmac-sha256': {
    variant: 'Mac hmac-sha256',
    algorithms: ['hmac-sha256'],
    inToken: (token, { handle }, data) => sign(token, HMAC, handle, data, 32),
  },
  'retail, padding 1': retail(1),
  'retail, padding 2': retail(2),
}

export const generateMac: Operation<MacArgs, Uint8Array> = {
  variant: ({ method }) => MAC_METHODS[method].variant,
  inToken: (signer, args) => macOf(signer, args, 'generate MACs'),
  clear: (signer, args) => clearMacOf(signer, args, 'generate MACs'),
}

/** `mac` may be cut: its length was checked by the client. */
export const verifyMac: Operation<MacArgs & { readonly mac: Uint8Array }, boolean> = {
  variant: ({ method }) => MAC_METHODS[method].variant,
  inToken: (signer, args) => begins(macOf(signer, args, 'verify MACs'), args.mac),
  clear: (signer, args) => begins(clearMacOf(signer, args, 'verify MACs'), args.mac),
}

function macOf({ ring, token }: Signer, { key, method, data }: MacArgs, purpose: Purpose): Buffer {
  const { algorithms, inToken } = MAC_METHODS[method]
  const inUse = ring.use(key, purpose, algorithms)
  return call(`the token to make a MAC with key "${key}"`, () => inToken(token, inUse, data))
}

function clearMacOf({ ring }: Signer, { key, method, data }: MacArgs, purpose: Purpose): Uint8Array {
  const { algorithms, clear } = MAC_METHODS[method]
  ring.expect(key, algorithms)
  const value = ring.reveal(key, purpose)
  try {
    return (clear as NonNullable<Method['clear']>)(value, data)
  } finally {
    value.fill(0)
  }
}

function begins(whole: Uint8Array, mac: Uint8Array): boolean {
  return mac.length <= whole.length && timingSafeEqual(whole.subarray(0, mac.length), mac)
}

export function sign(
  { module, session }: TokenSession,
  mechanism: pkcs11.Mechanism,
  key: pkcs11.Handle,
  data: Uint8Array,
  length: number,
): Buffer {
  module.C_SignInit(session, mechanism, key)
  return module.C_Sign(session, bufferOf(data), Buffer.allocUnsafe(length))
}

/**
 * The token has no such mechanism: CBC with L|L|L, which is single DES, over all blocks but the last, which triple DES with L|R then ends.
 * Only the chaining value, 8 bytes that everybody may know who knows MACs of shorter messages, comes out of the token.
 */
function retail(method: 1 | 2): Method {
  return {
    variant: 'Mac retail',
    algorithms: ['tdes-2'],
    inToken: (token, key, data) => retailInToken(token, key, pad(method, data, DES_BLOCK)),
    clear: (key, data) => retailMac(key, data, method),
  }
}

/** `padded`: whole blocks. */
export function retailInToken(
  token: TokenSession,
  { handle, single }: Pick<KeyInUse, 'handle' | 'single'>,
  padded: Uint8Array,
): Buffer {
  const last = padded.subarray(-DES_BLOCK)
  const before = padded.subarray(0, -DES_BLOCK)
  if (before.length === 0) return encrypt(token, pkcs11.CKM_DES3_ECB, handle, last)
  const chained = encrypt(token, pkcs11.CKM_DES3_CBC, single as pkcs11.Handle, before)
  return encrypt(token, pkcs11.CKM_DES3_ECB, handle, xor(last, chained.subarray(-DES_BLOCK)))
}

/** ECB, or CBC from zeros. */
export function encrypt(
  { module, session }: TokenSession,
  mechanism: number,
  key: pkcs11.Handle,
  data: Uint8Array,
): Buffer {
  const parameter = mechanism === pkcs11.CKM_DES3_CBC ? { parameter: Buffer.alloc(DES_BLOCK) } : {}
  module.C_EncryptInit(session, { mechanism, ...parameter }, key)
  return module.C_Encrypt(session, bufferOf(data), Buffer.alloc(data.length))
}
