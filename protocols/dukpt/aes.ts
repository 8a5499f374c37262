import { aesKcv } from '../mac/kcv.ts'
import { derivedKey } from './derivation-data.ts'
import { DukptError } from './error.ts'
import { DERIVATION_USAGES, KEY_TYPES, KEY_USAGES, type KeyType, type KeyUsage } from './key-types.ts'
import type { DukptScheme, Ksn } from './scheme.ts'

/** The counter that no transaction has, under which a device is sent its next initial key (X9.24-3:2017, 6.5.2). */
export const UPDATE_COUNTER = 0xffff_ffff

/** DUKPT with AES-128, -192 or -256: X9.24-3:2017, 6. */
export const AES_DUKPT: DukptScheme = {
  name: 'AES',
  ksnBytes: 12,
  counterBits: 32,
  maxOnes: 16,
  blockBytes: 16,
  keyBytes: [16, 24, 32],
  checkValue: aesKcv,
  initialKey: (bdk, id) => {
    const { initialKey: usage } = DERIVATION_USAGES
    return derivedKey(bdk, { usage, type: derivationType(bdk), id, counter: 0 })
  },
  nextKey: (key, id, counter) => {
    const { key: usage } = DERIVATION_USAGES
    return derivedKey(key, { usage, type: derivationType(key), id, counter })
  },
}

/**
 * A working key: 16, 24 or 32 bytes, by its type. `transactionKey`: the derivation key of `ksn`, 16, 24 or 32 bytes. Throws a
 * {@link DukptError} when the type cannot have this usage, or would be stronger than the key it comes from (X9.24-3:2017, 6.1.3).
 * Parity of TDES keys is not adjusted.
 */
export function aesWorkingKey(
  transactionKey: Uint8Array,
  ksn: Pick<Ksn, 'id' | 'counter'>,
  usage: KeyUsage,
  type: KeyType,
): Uint8Array {
  const { code, families } = KEY_USAGES[usage]
  const { family, strength } = KEY_TYPES[type]
  if (!families.includes(family))
    throw new DukptError(`a ${families.join(' or ')} key for ${usage}`, type, 'choose another type')
  const most = KEY_TYPES[derivationType(transactionKey)].strength
  if (strength > most)
    throw new DukptError(
      `a working key of at most ${most} bits`,
      type,
      'choose a longer BDK or a shorter key',
    )
  return derivedKey(transactionKey, { usage: code, type, id: ksn.id, counter: ksn.counter })
}

function derivationType(key: Uint8Array): KeyType {
  const bits = key.length * 8
  if (bits !== 128 && bits !== 192 && bits !== 256)
    throw new DukptError('an AES key of 16, 24 or 32 bytes', `${key.length}`, 'give an AES key')
  return `AES${bits}`
}
