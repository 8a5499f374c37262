import type pkcs11 from 'pkcs11js'
import { HsmError } from '../error.ts'
import type { SealedKey } from '../keys/sealed-key.ts'
import { isRetail, type NewSecret } from './new-key.ts'
import { destroying } from './objects.ts'
import { sealSecret } from './seal-secret.ts'
import type { Signer } from './signer.ts'
import { known, readable } from './templates.ts'

const DES_BLOCK = 8

/** A key from its value, which is overwritten. */
export function take(signer: Signer, key: NewSecret, value: Buffer): SealedKey {
  const { module, session } = signer.token
  const left = value.subarray(0, DES_BLOCK)
  try {
    const handles = [module.C_CreateObject(session, known(key.algorithm, value))]
    if (isRetail(key))
      handles.push(module.C_CreateObject(session, known('tdes-3', Buffer.concat([left, left, left]))))
    const [handle, single] = handles
    const sealed = destroying(signer.token, handles, () =>
      sealSecret(signer, key, handle as pkcs11.Handle, single),
    )
    expectAllBits(signer, sealed, key, value)
    return sealed
  } finally {
    value.fill(0)
  }
}

/** Keys of TDES DUKPT are data too (X9.24-1:2009, A.2), parity bits and all: a token that adjusts those would derive other keys. */
function expectAllBits({ masters }: Signer, { blob }: SealedKey, key: NewSecret, value: Buffer): void {
  if (key.usage !== 'DUKPT initial' || key.algorithm !== 'tdes-2') return
  const kept = masters.read(blob, readable(key.algorithm))
  const same = kept.equals(value)
  kept.fill(0)
  if (!same)
    throw new HsmError(
      'MECHANISM_MISSING',
      `expected a token that keeps all bits of "${key.label}", got one that adjusts the parity of TDES keys`,
    )
}
