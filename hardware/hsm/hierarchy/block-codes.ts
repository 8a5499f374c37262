import { ALGORITHMS, familyOf, type KeyAlgorithm, type SecretAlgorithm } from './algorithms.ts'
import type { KeyUsage } from './usages.ts'

/** What the header of a key block says of a key (X9.143:2021, 6.3, tables 2 to 4). */
export interface BlockCode {
  readonly usage: string
  readonly algorithm: string
  readonly mode: string
}

const AES = ['aes-128', 'aes-192', 'aes-256'] as const
const TDES = ['tdes-2', 'tdes-3'] as const

/** Key usage, code, mode of use, algorithms. A two-key TDES MAC key is one of the retail MAC. */
const ROWS: readonly (readonly [
  usage: KeyUsage,
  code: string,
  mode: string,
  algorithms: readonly SecretAlgorithm[],
])[] = [
  ['MAC', 'M3', 'C', ['tdes-2']],
  ['MAC', 'M6', 'C', [...AES, 'tdes-3']],
  ['MAC verification', 'M3', 'V', ['tdes-2']],
  ['MAC verification', 'M6', 'V', [...AES, 'tdes-3']],
  ['data', 'D0', 'B', [...AES, ...TDES]],
  ['DUKPT base', 'B0', 'X', [...AES, 'tdes-2']],
  ['DUKPT initial', 'B1', 'X', [...AES, 'tdes-2']],
  ['PIN working', 'P0', 'B', [...AES, ...TDES]],
  ['PIN verification, IBM 3624', 'V1', 'C', TDES],
  ['PIN verification, Visa PVV', 'V2', 'C', ['tdes-2']],
  ['card verification', 'C0', 'C', ['tdes-2']],
  ['issuer master, cryptograms', 'E0', 'X', [...AES, 'tdes-2']],
  ['issuer master, dynamic values', 'E4', 'X', ['tdes-2']],
  ['zone master', 'K1', 'B', [...AES, ...TDES]],
]

const LETTERS: Readonly<Record<string, string>> = { aes: 'A', tdes: 'T' }

/** Bits of security, as NIST SP 800-57-1 counts them: a key travels under one that has as many. */
const STRENGTHS: Partial<Record<KeyAlgorithm, number>> = {
  'tdes-2': 80,
  'tdes-3': 112,
  'aes-128': 128,
  'aes-192': 192,
  'aes-256': 256,
}

/** Null for what has no code here: pairs, HMAC keys, keys of cards. */
export function blockCodeOf(usage: KeyUsage, algorithm: KeyAlgorithm): BlockCode | null {
  const row = ROWS.find(
    ([name, , , some]) => name === usage && (some as readonly string[]).includes(algorithm),
  )
  return row === undefined
    ? null
    : { usage: row[1], mode: row[2], algorithm: LETTERS[familyOf(algorithm)] ?? '' }
}

/** Usage and algorithm of a key of so many bytes; null for a code that no key here has. */
export function keyKindOf(
  code: BlockCode,
  bytes: number,
): { usage: KeyUsage; algorithm: SecretAlgorithm } | null {
  for (const [usage, name, mode, algorithms] of ROWS) {
    if (name !== code.usage || mode !== code.mode) continue
    const algorithm = algorithms.find(
      (one) => ALGORITHMS[one].bytes === bytes && LETTERS[familyOf(one)] === code.algorithm,
    )
    if (algorithm !== undefined) return { usage, algorithm }
  }
  return null
}

/** Whether the first may travel under the second. */
export function isNoStronger(key: KeyAlgorithm, wrapping: KeyAlgorithm): boolean {
  return (STRENGTHS[key] ?? Number.POSITIVE_INFINITY) <= (STRENGTHS[wrapping] ?? 0)
}
