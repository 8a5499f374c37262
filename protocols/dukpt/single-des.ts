import { KEY_PARTS, SCHEDULE_WORDS, SP } from './des-tables.ts'

/**
 * DES of one block, for key derivation alone: every step there has a key of its own, and Node takes about ten times as long to set up
 * OpenSSL's cipher as this takes in all. Everything else uses `protocols/mac/des.ts`. The lookups depend on the key, so that it is not for
 * a machine shared with strangers.
 *
 * `key`: the 8 bytes of it from `at` on; `block`: 8 bytes.
 */
export function encryptDes(key: Uint8Array, at: number, block: Uint8Array): Uint8Array {
  return crypt(schedule(key, at), block, 1)
}

/** Triple DES of one block with a key of two halves. `key`: 16 bytes; `block`: 8 bytes. */
export function encryptTdes(key: Uint8Array, block: Uint8Array): Uint8Array {
  const left = schedule(key, 0)
  return crypt(left, crypt(schedule(key, 8), crypt(left, block, 1), -1), 1)
}

function schedule(key: Uint8Array, at: number): Int32Array {
  const words = new Int32Array(SCHEDULE_WORDS)
  for (let byte = 0; byte < 8; byte++) {
    const part = (byte * 128 + ((key[at + byte] ?? 0) >> 1)) * SCHEDULE_WORDS
    for (let word = 0; word < SCHEDULE_WORDS; word++)
      words[word] = (words[word] ?? 0) | (KEY_PARTS[part + word] ?? 0)
  }
  return words
}

/** `step`: 1 encrypts, -1 takes the round keys backwards and so decrypts. */
function crypt(keys: Int32Array, block: Uint8Array, step: 1 | -1): Uint8Array {
  const out = new Uint8Array(8)
  const words = new DataView(out.buffer)
  out.set(block)
  initialPermutation(words)
  let left = words.getInt32(0)
  let right = words.getInt32(4)
  for (let round = step === 1 ? 0 : 15; round >= 0 && round < 16; round += step) {
    const next = left ^ rounded(right, keys[2 * round] ?? 0, keys[2 * round + 1] ?? 0)
    left = right
    right = next
  }
  words.setInt32(0, right)
  words.setInt32(4, left)
  finalPermutation(words)
  return out
}

/** The cipher function f: each S-box takes six bits of the right half, from the last bit of the nibble before to the first after. */
function rounded(right: number, oddBoxes: number, evenBoxes: number): number {
  const odd = ((right << 5) | (right >>> 27)) ^ oddBoxes
  const even = ((right << 9) | (right >>> 23)) ^ evenBoxes
  return (
    lookup(0, odd) ^
    lookup(6, odd >>> 8) ^
    lookup(4, odd >>> 16) ^
    lookup(2, odd >>> 24) ^
    lookup(1, even) ^
    lookup(7, even >>> 8) ^
    lookup(5, even >>> 16) ^
    lookup(3, even >>> 24)
  )
}

function lookup(box: number, bits: number): number {
  return SP[(box << 6) | (bits & 63)] ?? 0
}

/** IP as five exchanges of bits between the halves: from which half, how far, which bits. */
const EXCHANGES = [
  [0, 4, 0x0f0f0f0f],
  [0, 16, 0x0000ffff],
  [4, 2, 0x33333333],
  [4, 8, 0x00ff00ff],
  [0, 1, 0x55555555],
] as const
const UNDONE = EXCHANGES.toReversed()

function initialPermutation(words: DataView): void {
  for (const [from, by, mask] of EXCHANGES) exchange(words, from, by, mask)
}

function finalPermutation(words: DataView): void {
  for (const [from, by, mask] of UNDONE) exchange(words, from, by, mask)
}

function exchange(words: DataView, from: number, by: number, mask: number): void {
  const [a, b] = [words.getInt32(from), words.getInt32(4 - from)]
  const swapped = ((a >>> by) ^ b) & mask
  words.setInt32(4 - from, b ^ swapped)
  words.setInt32(from, a ^ (swapped << by))
}
