import pkcs11 from 'pkcs11js'
import { HsmError } from '../error.ts'
import type { TokenSession } from './cryptoki.ts'
import { type PinnedMemory, pinMemory } from './pinned-memory.ts'

let pinned: PinnedMemory | null | undefined

/**
 * A key that is `data` encrypted under `base` in ECB mode (PKCS#11 3.1, 6.27 and 6.13; CKM_AES_ECB_ENCRYPT_DATA or
 * CKM_DES3_ECB_ENCRYPT_DATA), cut to the length that `attributes` say. Data: whole blocks.
 */
export function deriveEcb(
  { module, session }: TokenSession,
  mechanism: number,
  base: pkcs11.Handle,
  data: Uint8Array,
  attributes: pkcs11.Template,
): pkcs11.Handle {
  return module.C_DeriveKey(session, { mechanism, parameter: derivationString(data) }, base, attributes)
}

/** As {@link deriveEcb} for one AES block: CBC with a zero vector is the same, and the binding has a form for it. */
export function deriveAesBlock(
  { module, session }: TokenSession,
  base: pkcs11.Handle,
  block: Uint8Array,
  attributes: pkcs11.Template,
): pkcs11.Handle {
  const parameter = { type: pkcs11.CK_PARAMS_AES_CBC, iv: Buffer.alloc(16), data: Buffer.from(block) }
  return module.C_DeriveKey(
    session,
    { mechanism: pkcs11.CKM_AES_CBC_ENCRYPT_DATA, parameter },
    base,
    attributes,
  )
}

/** CK_KEY_DERIVATION_STRING_DATA: pointer and length of the data, in the machine's byte order. */
function derivationString(data: Uint8Array): Buffer {
  pinned ??= pinMemory()
  if (pinned === null || data.length > pinned.bytes.length)
    throw new HsmError(
      'MECHANISM_MISSING',
      'expected memory with a known address for CKM_…_ECB_ENCRYPT_DATA, got none',
    )
  pinned.bytes.set(data)
  const parameter = Buffer.alloc(16)
  parameter.writeBigUInt64LE(pinned.address)
  parameter.writeBigUInt64LE(BigInt(data.length), 8)
  return parameter
}
