import pkcs11 from 'pkcs11js'
import { MODULUS_BYTES, type RsaAlgorithm } from '../hierarchy/algorithms.ts'
import { bufferOf, type TokenSession } from './cryptoki.ts'

/** RSASSA-PKCS1-v1_5 and RSASSA-PSS (RFC 8017, 8.2 and 8.1), with SHA-256. */
export type RsaPadding = 'pkcs1' | 'pss'

/** A handle with the kind of its key. */
export interface RsaKey {
  readonly handle: pkcs11.Handle
  readonly algorithm: RsaAlgorithm
}

/** DER of a DigestInfo of SHA-256, but for the digest (RFC 8017, 9.2, note 1). */
const DIGEST_INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex')
const SALT_BYTES = 32
const PSS = {
  type: pkcs11.CK_PARAMS_RSA_PSS,
  hashAlg: pkcs11.CKM_SHA256,
  mgf: pkcs11.CKG_MGF1_SHA256,
  saltLen: SALT_BYTES,
}

/** A signature over a digest of SHA-256, as long as the modulus. `mechanism`: the one that does this padding. */
export function signRsa(
  { module, session }: TokenSession,
  { handle, algorithm }: RsaKey,
  digest: Uint8Array,
  mechanism: number,
  padding: RsaPadding,
): Buffer {
  const pss = padding === 'pss'
  module.C_SignInit(session, pss ? { mechanism, parameter: PSS } : { mechanism }, handle)
  const input = pss ? bufferOf(digest) : Buffer.concat([DIGEST_INFO, digest])
  return module.C_Sign(session, input, Buffer.alloc(MODULUS_BYTES[algorithm]))
}

/** The raw private operation on a block as long as the modulus (RFC 8017, 5.1.2). */
export function decryptRsa(
  { module, session }: TokenSession,
  { handle, algorithm }: RsaKey,
  block: Uint8Array,
  mechanism: number,
): Buffer {
  module.C_DecryptInit(session, { mechanism }, handle)
  return module.C_Decrypt(session, bufferOf(block), Buffer.alloc(MODULUS_BYTES[algorithm]))
}
