import { toHex } from '../../../protocols/bytes/bytes.ts'

/** Where dynamic digits go into a track's discretionary data, Book C-2, Annex A; bit 1 of a bitmap is the rightmost digit. */
export interface TrackPositions {
  /** PCVC3, 9F62 or 9F65: digits of CVC3. */
  cvc3: bigint
  /** PUNATC, 9F63 or 9F66: digits of the unpredictable number and, above them, of the ATC. */
  numbers: bigint
  /** NATC, 9F64 or 9F67: how many of `numbers` are for the ATC. */
  atcDigits: number
}

export interface TrackValues {
  /** 9F60 or 9F61, 2 bytes. */
  cvc3: Uint8Array
  /** Unpredictable Number (Numeric), 9F6A, 4 bytes: 8 digits. */
  unpredictableNumber: Uint8Array
  /** 9F36, 2 bytes. */
  atc: Uint8Array
  /** How many digits of the unpredictable number are in use: nUN, 0 to 8. */
  digits: number
}

/** How many digits of the unpredictable number a track has room for: k − t. */
export function unpredictableDigits({ numbers, atcDigits }: TrackPositions): number {
  return placesOf(numbers).length - atcDigits
}

/**
 * Fills discretionary data as Book C-2, S13/S14 has it: digits of CVC3, of the unpredictable number, of the ATC, and nUN as the last
 * digit. `discretionary`: the digits of the track's discretionary data, any characters; positions beyond them are left out.
 */
export function fillDiscretionaryData(
  discretionary: string,
  positions: TrackPositions,
  values: TrackValues,
): string {
  const characters = [...discretionary]
  const put = (places: readonly number[], digits: string): void => {
    const used = digits.slice(-places.length).padStart(places.length, '0')
    for (const [index, place] of places.entries()) {
      const at = characters.length - 1 - place
      if (at >= 0) characters[at] = used[used.length - 1 - index] ?? '0'
    }
  }
  const numbers = placesOf(positions.numbers)
  put(placesOf(positions.cvc3), decimal(values.cvc3))
  put(numbers.slice(0, values.digits), toHex(values.unpredictableNumber))
  put(numbers.slice(values.digits), decimal(values.atc))
  put([0], String(values.digits))
  return characters.join('')
}

/** Places of set bits, the rightmost first; 0 is the rightmost digit. */
function placesOf(bitmap: bigint): number[] {
  const places: number[] = []
  for (let place = 0, rest = bitmap; rest > 0n; place++, rest >>= 1n) if (rest & 1n) places.push(place)
  return places
}

function decimal(value: Uint8Array): string {
  return String(value.reduce((sum, byte) => sum * 256 + byte, 0))
}
