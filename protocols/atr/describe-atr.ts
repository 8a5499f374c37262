import { toHex } from '../bytes/bytes.ts'
import type { Line } from '../emv/describe.ts'
import { type Atr, type InterfaceByte, parseAtr } from './atr.ts'
import { historicalParts } from './historical.ts'

// Table 7 and 8 of ISO/IEC 7816-3.
const CLOCK_RATES = [372, 372, 558, 744, 1116, 1488, 1860, null, null, 512, 768, 1024, 1536, 2048]
const BAUD_RATES = [null, 1, 2, 4, 8, 16, 32, 64, 12, 20]
const CLASSES = [
  [0x01, 'A (5 V)'],
  [0x02, 'B (3 V)'],
  [0x04, 'C (1.8 V)'],
] as const

type Words = (value: number) => string | null

const WORDS: Readonly<Record<string, Words>> = {
  TS: (value) => (value === 0x3b ? 'direct convention' : 'inverse convention'),
  T0: (value) => `${value & 0x0f} historical bytes${announced(value)}`,
  TA1: speed,
  TB1: (value) => (value === 0 ? 'no programming voltage' : 'programming voltage, no longer used'),
  TC1: (value) => (value === 0xff ? 'least guard time of the protocol' : `extra guard time ${value}`),
  TA2: (value) =>
    `specific mode, T=${value & 0x0f}, ${(value & 0x80) === 0 ? 'can change' : 'cannot change'} to negotiable mode`,
  TB2: () => 'programming voltage, no longer used',
  TC2: (value) => `work waiting time integer ${value} (T=0)`,
}

/** After a TD byte the letters mean what its protocol says: 10, 11 and 8.3 of ISO/IEC 7816-3. */
const PROTOCOL_WORDS: Readonly<Record<number, Readonly<Record<string, Words>>>> = {
  1: {
    A: (value) => `information field of the card up to ${value} bytes (T=1)`,
    B: (value) => `character and block waiting time integers ${value & 0x0f} and ${value >> 4} (T=1)`,
    C: (value) =>
      (value & 1) === 0 ? 'longitudinal redundancy check (T=1)' : 'cyclic redundancy check (T=1)',
  },
  15: { A: supply, B: () => 'use of contact C6' },
}

/** An Answer to Reset in words, one line a byte. Throws `AtrError`. */
export function describeAtr(bytes: Uint8Array): Line[] {
  const atr = parseAtr(bytes)
  return [
    { depth: 0, name: 'Answer to Reset', hex: toHex(bytes), meaning: kindOf(atr, bytes) },
    ...interfaceLines(atr.bytes),
    ...historicalLines(atr.historical),
    ...checkLines(atr),
  ]
}

function interfaceLines(bytes: readonly InterfaceByte[]): Line[] {
  let protocol = 0
  return bytes.map(({ name, value }) => {
    const [, letter = '', index = '0'] = name
    const words = WORDS[name] ?? (Number(index) > 2 ? PROTOCOL_WORDS[protocol]?.[letter] : undefined)
    const meaning = letter === 'D' ? `T=${value & 0x0f}${announced(value)}` : (words?.(value) ?? null)
    if (letter === 'D') protocol = value & 0x0f
    return { depth: 1, name, hex: byte(value), meaning }
  })
}

function historicalLines(historical: Uint8Array): Line[] {
  if (historical.length === 0) return []
  return [
    { depth: 1, name: 'historical bytes', hex: toHex(historical), meaning: null },
    ...historicalParts(historical).map(({ name, value, meaning }) => ({
      depth: 2,
      name,
      hex: toHex(value),
      meaning,
    })),
  ]
}

function checkLines({ check }: Atr): Line[] {
  if (check === null) return []
  return [
    { depth: 1, name: 'TCK', hex: byte(check.value), meaning: check.right ? 'right' : 'wrong check byte' },
  ]
}

/** PC/SC part 3, 3.1.3.2.3.1: what a contactless reader makes of a card that has no ATR. */
function kindOf({ protocols }: Atr, bytes: Uint8Array): string {
  const [, t0 = 0, td1, td2] = bytes
  if (t0 >> 4 === 8 && td1 === 0x80 && td2 === 0x01) return 'contactless card, made up by the PC/SC reader'
  return protocols.map((protocol) => `T=${protocol}`).join(', ')
}

function announced(value: number): string {
  const letters = ['A', 'B', 'C', 'D']
    .filter((_, bit) => (value & (0x10 << bit)) !== 0)
    .map((letter) => `T${letter}`)
  return letters.length === 0 ? '' : `, then ${letters.join(' ')}`
}

function speed(value: number): string {
  const [rate, baud] = [CLOCK_RATES[value >> 4], BAUD_RATES[value & 0x0f]]
  return rate == null || baud == null ? 'reserved' : `Fi ${rate}, Di ${baud}`
}

function supply(value: number): string {
  const classes = CLASSES.filter(([mask]) => (value & mask) !== 0).map(([, words]) => words)
  const stop = [
    'clock stop not supported',
    'clock stop at low',
    'clock stop at high',
    'clock stop at either',
  ][value >> 6]
  return `class ${classes.join(', ') || 'none'}, ${stop}`
}

function byte(value: number): string {
  return toHex(Uint8Array.of(value))
}
