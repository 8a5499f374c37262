import { AES_DUKPT, aesWorkingKey, UPDATE_COUNTER } from './aes.ts'
import type { KeyType } from './key-types.ts'
import type { DukptScheme, Ksn } from './scheme.ts'

/** The key of a transaction from the base derivation key. `ksn`: as {@link readKsn} gives it. As long as `bdk`. */
export function hostTransactionKey(bdk: Uint8Array, ksn: Ksn): Uint8Array {
  return transactionKey(ksn.scheme.initialKey(bdk, ksn.id), ksn)
}

/**
 * The key of a transaction from the device's initial key: one step for each one of the counter, from the left (X9.24-3:2017, 6.4 and C.4).
 * Working keys are derived from it, see {@link tdesWorkingKey} and {@link aesWorkingKey}.
 */
export function transactionKey(initialKey: Uint8Array, { scheme, id, counter }: Ksn): Uint8Array {
  return derivedAlong(scheme, initialKey, id, 0, counter)
}

/** The key under which a device with this initial key gets its next one (X9.24-3:2017, 6.5.3 "Calculate DUKPT Update Key"). */
export function updateKey(initialKey: Uint8Array, id: Uint8Array, type: KeyType): Uint8Array {
  const ksn = { scheme: AES_DUKPT, id, counter: UPDATE_COUNTER }
  return aesWorkingKey(transactionKey(initialKey, ksn), ksn, 'keyEncryption', type)
}

/** From the key of the counter `from` to that of `to`, whose ones it has down to its last one. */
export function derivedAlong(
  scheme: DukptScheme,
  key: Uint8Array,
  id: Uint8Array,
  from: number,
  to: number,
): Uint8Array {
  let derived = key
  let counter = from
  for (let bit = scheme.counterBits - 1; bit >= 0; bit--) {
    const one = 2 ** bit
    if ((to & ~from & one) >>> 0 !== one) continue
    counter += one
    derived = scheme.nextKey(derived, id, counter)
  }
  return derived
}
