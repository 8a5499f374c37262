import { toHex } from '../bytes/bytes.ts'

/** PIN block formats of ISO 9564-1:2017, 9.3 and 9.4. */
export type PinFormat = 0 | 1 | 2 | 3 | 4

/** Gives `length` random bytes. */
export type Random = (length: number) => Uint8Array

const LETTERS = 'ABCDEF'
const RANDOM_DIGITS = 16

/** What a format fixes. */
export interface FormatRules {
  /** Bytes of the PIN field, which is as long as the cipher's block. */
  bytes: 8 | 16
  cipher: 'TDES' | 'AES'
  /** Whether the PAN is part of what is enciphered. */
  bindsPan: boolean
  /** Hexadecimal digits behind those of the PIN: `length` of them. */
  fill: (length: number, random: Random) => string
  /** What those digits may be. */
  filler: RegExp
}

const FIXED = { fill: (length: number) => 'F'.repeat(length), filler: /^F*$/ }

export const PIN_FORMATS: Record<PinFormat, FormatRules> = {
  0: { bytes: 8, cipher: 'TDES', bindsPan: true, ...FIXED },
  1: {
    bytes: 8,
    cipher: 'TDES',
    bindsPan: false,
    fill: (length, random) => toHex(random(Math.ceil(length / 2))).slice(0, length),
    filler: /^[0-9A-F]*$/,
  },
  2: { bytes: 8, cipher: 'TDES', bindsPan: false, ...FIXED },
  3: { bytes: 8, cipher: 'TDES', bindsPan: true, fill: randomLetters, filler: /^[A-F]*$/ },
  4: {
    bytes: 16,
    cipher: 'AES',
    bindsPan: true,
    fill: (length, random) => 'A'.repeat(length - RANDOM_DIGITS) + toHex(random(RANDOM_DIGITS / 2)),
    filler: /^A*[0-9A-F]{16}$/,
  },
}

/** Digits A to F. They are those of a 64-bit number in base 6: as good as evenly drawn, without a loop that bad luck could prolong. */
function randomLetters(length: number, random: Random): string {
  let rest = BigInt(`0x${toHex(random(8))}`)
  let letters = ''
  for (; letters.length < length; rest /= 6n) letters += LETTERS.charAt(Number(rest % 6n))
  return letters
}
