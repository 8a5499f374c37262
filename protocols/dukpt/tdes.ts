import { concat, fromHex } from '../bytes/bytes.ts'
import { DES_BLOCK, encryptEcb } from '../mac/des.ts'
import { tdesKcv } from '../mac/kcv.ts'
import { xor } from '../mac/xor.ts'
import { DukptError } from './error.ts'
import type { DukptScheme } from './scheme.ts'
import { encryptDes, encryptTdes } from './single-des.ts'

const HALF = 8
const KEY_BYTES = 2 * HALF
const KEY_MASK = fromHex('C0C0C0C000000000C0C0C0C000000000')

/**
 * DUKPT with two-key triple DES: X9.24-1:2009, Annex A, kept as X9.24-3:2017, Annex C. Keys are given as they come out of the derivation,
 * without their parity adjusted.
 */
export const TDES_DUKPT: DukptScheme = {
  name: 'TDES',
  ksnBytes: 10,
  counterBits: 21,
  maxOnes: 10,
  blockBytes: DES_BLOCK,
  keyBytes: [KEY_BYTES],
  checkValue: tdesKcv,
  // X9.24-1:2009, A.6; X9.24-3:2017, C.7
  initialKey: (bdk, id) => {
    checkKey(bdk)
    return concat(encryptTdes(bdk, id), encryptTdes(masked(bdk), id))
  },
  // X9.24-1:2009, A.2 "Non-reversible Key Generation Process"; X9.24-3:2017, C.3.6
  nextKey: (key, id, counter) => {
    checkKey(key)
    const register = ksnRegister(id, counter)
    const next = new Uint8Array(KEY_BYTES)
    next.set(generatedHalf(masked(key), register))
    next.set(generatedHalf(key, register), HALF)
    return next
  },
}

/** What a working key is for, seen from the terminal: what it sends is a request. One `…Request` key serves both ways where need be. */
export type TdesUsage = 'pin' | 'macRequest' | 'macResponse' | 'dataRequest' | 'dataResponse'

/** X9.24-1:2009, A.4.1, table A-1; X9.24-3:2017, C.5.2, table 5. */
const USAGES: Record<TdesUsage, { variant: Uint8Array; oneWay: boolean }> = {
  pin: { variant: fromHex('00000000000000FF00000000000000FF'), oneWay: false },
  macRequest: { variant: fromHex('000000000000FF00000000000000FF00'), oneWay: false },
  macResponse: { variant: fromHex('00000000FF00000000000000FF000000'), oneWay: false },
  dataRequest: { variant: fromHex('0000000000FF00000000000000FF0000'), oneWay: true },
  dataResponse: { variant: fromHex('000000FF00000000000000FF00000000'), oneWay: true },
}

/** The 16 bytes of a working key. `transactionKey`: 16 bytes. Throws a {@link DukptError} for another length. */
export function tdesWorkingKey(transactionKey: Uint8Array, usage: TdesUsage): Uint8Array {
  checkKey(transactionKey)
  const { variant, oneWay } = USAGES[usage]
  const key = xor(transactionKey, variant)
  // A data key may leave the secure device, so that no one may come from it to the keys beside it (X9.24-1:2009, A.4.1).
  return oneWay ? encryptEcb(key, key) : key
}

/** The 64 right bits of the KSN. */
function ksnRegister(id: Uint8Array, counter: number): Uint8Array {
  const register = new Uint8Array(HALF)
  register.set(id.subarray(2))
  for (let at = HALF - 1, rest = counter; rest > 0; at--, rest >>>= 8)
    register[at] = (register[at] ?? 0) | (rest & 0xff)
  return register
}

// Loops instead of `xor`: they run twice for each one of a counter.
function generatedHalf(key: Uint8Array, register: Uint8Array): Uint8Array {
  const mixed = new Uint8Array(HALF)
  for (let i = 0; i < HALF; i++) mixed[i] = (register[i] ?? 0) ^ (key[HALF + i] ?? 0)
  const half = encryptDes(key, 0, mixed)
  for (let i = 0; i < HALF; i++) half[i] = (half[i] ?? 0) ^ (key[HALF + i] ?? 0)
  return half
}

function masked(key: Uint8Array): Uint8Array {
  const out = new Uint8Array(KEY_BYTES)
  for (let i = 0; i < KEY_BYTES; i++) out[i] = (key[i] ?? 0) ^ (KEY_MASK[i] ?? 0)
  return out
}

function checkKey(key: Uint8Array): void {
  if (key.length !== KEY_BYTES)
    throw new DukptError(`a TDES DUKPT key of ${KEY_BYTES} bytes`, `${key.length}`, 'give a two-key TDES key')
}
