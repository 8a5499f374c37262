import { toHex } from '../bytes/bytes.ts'

/** A byte of an Answer to Reset that has a name: TS, T0, TA1 … */
export interface InterfaceByte {
  name: string
  value: number
}

/** Answer to Reset, ISO/IEC 7816-3, 8.2. */
export interface Atr {
  /** TS, T0 and the interface bytes in their order. */
  bytes: InterfaceByte[]
  /** Transmission protocols that are offered, the first one is the default: 0, 1, 14 … */
  protocols: number[]
  historical: Uint8Array
  /** Check byte; null when only T=0 is offered, which has none. */
  check: { value: number; right: boolean } | null
}

/** Bytes that are no Answer to Reset. */
export class AtrError extends Error {
  override name = 'AtrError'
}

const CONVENTIONS = [0x3b, 0x3f]
const LONGEST = 33
const LETTERS = ['A', 'B', 'C', 'D'] as const

/** Reads an Answer to Reset of 2 to 33 bytes. A check byte that is wrong is told, everything else throws {@link AtrError}. */
export function parseAtr(atr: Uint8Array): Atr {
  const [ts = 0, t0 = 0] = atr
  if (atr.length < 2 || atr.length > LONGEST || !CONVENTIONS.includes(ts))
    throw new AtrError(
      `expected an ATR of 2 to ${LONGEST} bytes that begins with 3B or 3F, got ${atr.length} bytes from ${toHex(atr.subarray(0, 1))} on`,
    )
  const { bytes, protocols, next } = interfaceBytes(atr, t0)
  const historical = atr.subarray(next, next + (t0 & 0x0f))
  const hasCheck = protocols.some((protocol) => protocol !== 0)
  const expected = next + (t0 & 0x0f) + (hasCheck ? 1 : 0)
  if (atr.length !== expected)
    throw new AtrError(`expected an ATR of ${expected} bytes, as it says itself, got ${atr.length}`)
  return { bytes, protocols, historical, check: hasCheck ? checkOf(atr) : null }
}

function interfaceBytes(atr: Uint8Array, t0: number) {
  const bytes: InterfaceByte[] = [
    { name: 'TS', value: atr[0] ?? 0 },
    { name: 'T0', value: t0 },
  ]
  const protocols: number[] = []
  let next = 2
  // The high half of T0 and of each TD says which bytes follow (8.2.3).
  for (let index = 1, presence: number | undefined = t0; presence !== undefined; index++) {
    const present = LETTERS.filter((_, bit) => ((presence ?? 0) & (0x10 << bit)) !== 0)
    presence = undefined
    for (const letter of present) {
      const value = atr[next++]
      if (value === undefined)
        throw new AtrError(`expected interface byte T${letter}${index}, got the end of the ATR`)
      bytes.push({ name: `T${letter}${index}`, value })
      if (letter === 'D') {
        presence = value
        protocols.push(value & 0x0f)
      }
    }
  }
  // Without TD1 the card offers T=0 alone.
  return { bytes, protocols: protocols.length === 0 ? [0] : [...new Set(protocols)], next }
}

function checkOf(atr: Uint8Array): { value: number; right: boolean } {
  // All bytes from T0 on, the check byte too, come to zero.
  const sum = atr.subarray(1).reduce((all, byte) => all ^ byte, 0)
  return { value: atr[atr.length - 1] ?? 0, right: sum === 0 }
}
