import type pkcs11 from 'pkcs11js'
import { HsmError } from '../error.ts'
import type { SecretAlgorithm } from '../hierarchy/algorithms.ts'
import type { SealedKey } from '../keys/sealed-key.ts'
import { formOf, inForm, outOfForm } from './key-forms.ts'
import { isRetail, type NewSecret } from './new-key.ts'
import { destroying } from './objects.ts'
import { sealSecret } from './seal-secret.ts'
import type { Signer } from './signer.ts'
import { known, readable } from './templates.ts'

const DES_BLOCK = 8

/** A key from its value, which is overwritten. */
export function take(signer: Signer, key: NewSecret, value: Buffer): SealedKey {
  const { module, session } = signer.token
  const values = formsOf(signer, key, value)
  try {
    const handles = values.map(([form, held]) => module.C_CreateObject(session, known(form, held)))
    const [handle, single] = handles
    const sealed = destroying(signer.token, handles, () =>
      sealSecret(signer, key, handle as pkcs11.Handle, single),
    )
    expectAllBits(signer, sealed, key, value)
    return sealed
  } finally {
    for (const [, held] of values) held.fill(0)
    value.fill(0)
  }
}

/** What the token is given: the key in the form that it holds, and L|L|L of a MAC key. */
function formsOf(
  { capabilities }: Signer,
  key: NewSecret,
  value: Buffer,
): readonly (readonly [SecretAlgorithm, Buffer])[] {
  const form = formOf(capabilities, key.algorithm)
  const whole = [form, inForm(form, value)] as const
  const left = value.subarray(0, DES_BLOCK)
  return isRetail(key) ? [whole, ['tdes-3', Buffer.concat([left, left, left])]] : [whole]
}

/** Keys of TDES DUKPT are data too (X9.24-1:2009, A.2), parity bits and all: a token that adjusts those would derive other keys. */
function expectAllBits(
  { masters, capabilities }: Signer,
  sealed: SealedKey,
  key: NewSecret,
  value: Buffer,
): void {
  if (key.usage !== 'DUKPT initial' || key.algorithm !== 'tdes-2') return
  const held = masters.read(sealed, readable(formOf(capabilities, key.algorithm)))
  const kept = outOfForm(key.algorithm, held)
  const same = kept.equals(value)
  kept.fill(0)
  if (!same)
    throw new HsmError(
      'MECHANISM_MISSING',
      `expected a token that keeps all bits of "${key.label}", got one that adjusts the parity of TDES keys`,
    )
}
