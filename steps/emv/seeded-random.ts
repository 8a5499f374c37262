import { createHash } from 'node:crypto'

/** Where random bytes come from. */
export type Random = (length: number) => Uint8Array

/** Random bytes that are the same ones for the same seed: SHA-256 over the seed and a counter, one block after the other. */
export function seededRandom(seed: string): Random {
  let block = 0
  let left = Buffer.alloc(0)
  return (length) => {
    while (left.length < length) {
      block++
      left = Buffer.concat([left, createHash('sha256').update(`${seed}/${block}`).digest()])
    }
    const taken = new Uint8Array(left.subarray(0, length))
    left = left.subarray(length)
    return taken
  }
}

/** The same number, big-endian, whatever is asked for: what a terminal draws then is known. */
export function constantRandom(value: number): Random {
  return (length) => Uint8Array.from({ length }, (_, index) => value / 256 ** (length - 1 - index))
}
