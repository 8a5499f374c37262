/** The tables of FIPS 46-3, put together so that a round of DES is eight lookups. Bits are numbered from 1 at the left, as there. */

const ROUNDS = 16
const HALF_KEY_BITS = 28
/** Words of a key schedule: for each round one for the S-boxes 1, 7, 5, 3 (from the right) and one for 2, 8, 6, 4. */
export const SCHEDULE_WORDS = 2 * ROUNDS

/** S1 to S8: four rows of sixteen values each. */
const S_BOXES = [
  'E4D12FB83A6C5907 0F74E2D1A6CB9538 41E8D62BFC973A50 FC8249175B3EA06D',
  'F18E6B34972DC05A 3D47F28EC01A69B5 0E7BA4D158C6932F D8A13F42B67C05E9',
  'A09E63F51DC7B428 D709346A285ECBF1 D6498F30B12C5AE7 1AD069874FE3B52C',
  '7DE3069A1285BC4F D8B56F03472C1AE9 A690CB7DF13E5284 3F06A1D8945BC72E',
  '2C417AB6853FD0E9 EB2C47D150FA3986 421BAD78F9C5630E B8C71E2D6F09A453',
  'C1AF92680D34E75B AF427C9561DE0B38 9EF528C3704A1DB6 432C95FABE17608D',
  '4B2EF08D3C975A61 D0B7491AE35C2F86 14BDC37EAF680592 6BD814A7950FE23C',
  'D2846FB1A93E50C7 1FD8A374C56B0E92 7B419CE206ADF358 21E74A8DFC90356B',
].map((rows) => Array.from(rows.replaceAll(' ', ''), (digit) => Number.parseInt(digit, 16)))

const P = numbers('16 7 20 21 29 12 28 17 1 15 23 26 5 18 31 10 2 8 24 14 32 27 3 9 19 13 30 6 22 11 4 25')

/** Permuted choice 1: the key bits of C, then of D. */
const PC_1 = numbers(
  '57 49 41 33 25 17 9 1 58 50 42 34 26 18 10 2 59 51 43 35 27 19 11 3 60 52 44 36 ' +
    '63 55 47 39 31 23 15 7 62 54 46 38 30 22 14 6 61 53 45 37 29 21 13 5 28 20 12 4',
)

const PC_2 = numbers(
  '14 17 11 24 1 5 3 28 15 6 21 10 23 19 12 4 26 8 16 7 27 20 13 2 ' +
    '41 52 31 37 47 55 30 40 51 45 33 48 44 49 39 56 34 53 46 42 50 36 29 32',
)

/** How far C and D are turned to the left at each round, all turns before it included. */
const TURNS = [1, 2, 4, 6, 8, 10, 12, 14, 15, 17, 19, 21, 23, 25, 27, 28]

/** For each S-box 64 words: what it gives for six bits, already permuted by P. */
export const SP = spTable()

/** For each key byte and the 128 values of its bits without parity: what it adds to the key schedule. */
export const KEY_PARTS = keyParts()

function spTable(): Int32Array {
  const table = new Int32Array(S_BOXES.length * 64)
  for (const [box, values] of S_BOXES.entries()) {
    for (let six = 0; six < 64; six++) {
      const row = ((six >> 4) & 2) | (six & 1)
      const four = values[row * 16 + ((six >> 1) & 15)] ?? 0
      table[box * 64 + six] = permuted(four << (28 - 4 * box))
    }
  }
  return table
}

function permuted(word: number): number {
  return P.reduce((out, from, index) => out | (((word >>> (32 - from)) & 1) << (31 - index)), 0)
}

function keyParts(): Int32Array {
  const table = new Int32Array(8 * 128 * SCHEDULE_WORDS)
  for (let round = 0; round < ROUNDS; round++) {
    for (let place = 0; place < PC_2.length; place++) {
      const keyBit = sourceBit(round, place)
      const byte = keyBit >> 3
      const mask = 1 << (6 - (keyBit & 7))
      for (let value = 0; value < 128; value++) {
        const word = (byte * 128 + value) * SCHEDULE_WORDS + 2 * round + (Math.floor(place / 6) % 2)
        if (value & mask) table[word] = (table[word] ?? 0) | (1 << shift(place))
      }
    }
  }
  return table
}

/** Which bit of the key, from 0 at the left, stands at this place of a round's key. */
function sourceBit(round: number, place: number): number {
  const at = (PC_2[place] ?? 0) - 1
  const half = at < HALF_KEY_BITS ? 0 : HALF_KEY_BITS
  const turned = half + ((at - half + (TURNS[round] ?? 0)) % HALF_KEY_BITS)
  return (PC_1[turned] ?? 0) - 1
}

/** Where a bit of a round's key stands in its word. */
function shift(place: number): number {
  const box = Math.floor(place / 6)
  return (((8 - box + (box % 2)) % 8) / 2) * 8 + 5 - (place % 6)
}

function numbers(text: string): number[] {
  return text.split(' ').map(Number)
}
