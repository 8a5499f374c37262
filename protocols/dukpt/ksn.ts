import { concat } from '../bytes/bytes.ts'
import { nextCounter, ones } from './counter.ts'
import type { DukptScheme, Ksn } from './scheme.ts'

/** Bytes of a KSN's {@link Ksn.id}. */
export const ID_BYTES = 8

/** Why a KSN is of no use to derive a transaction key. */
export type KsnRefusal = 'ksn_length_wrong' | 'ksn_counter_zero' | 'ksn_counter_ones'

export type KsnReading = { ok: true; ksn: Ksn } | { ok: false; reason: KsnRefusal }

/** The KSN that came with a transaction. Its counter is refused when it is zero, or has more ones than a device would ever use. */
export function readKsn(scheme: DukptScheme, bytes: Uint8Array): KsnReading {
  const reading = readFields(scheme, bytes)
  if (!reading.ok) return reading
  const { counter } = reading.ksn
  if (counter === 0) return { ok: false, reason: 'ksn_counter_zero' }
  return ones(counter) > scheme.maxOnes ? { ok: false, reason: 'ksn_counter_ones' } : reading
}

/** The KSN of an initial key: whatever counter came is taken as zero (X9.24-3:2017, C.3.1 "Load Initial Key"). */
export function readInitialKsn(scheme: DukptScheme, bytes: Uint8Array): KsnReading {
  const reading = readFields(scheme, bytes)
  return reading.ok ? { ok: true, ksn: { ...reading.ksn, counter: 0 } } : reading
}

/** The KSN as it is sent: 10 bytes (TDES) or 12 (AES). */
export function ksnBytes({ scheme, id, counter }: Ksn): Uint8Array {
  const bytes = concat(id, new Uint8Array(scheme.ksnBytes - ID_BYTES))
  const view = counterView(bytes)
  view.setUint32(0, (view.getUint32(0) | counter) >>> 0)
  return bytes
}

/** The KSN of the next transaction of the same device; null when its counter is exhausted. */
export function nextKsn(ksn: Ksn): Ksn | null {
  const counter = nextCounter(ksn.scheme, ksn.counter)
  return counter === null ? null : { ...ksn, counter }
}

function readFields(scheme: DukptScheme, bytes: Uint8Array): KsnReading {
  if (bytes.length !== scheme.ksnBytes) return { ok: false, reason: 'ksn_length_wrong' }
  const cleared = Uint8Array.from(bytes)
  const view = counterView(cleared)
  const word = view.getUint32(0)
  const counter = word % 2 ** scheme.counterBits
  view.setUint32(0, word - counter)
  return { ok: true, ksn: { scheme, id: cleared.slice(0, ID_BYTES), counter } }
}

/** The last four bytes, in which the counter ends. */
function counterView(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4)
}
