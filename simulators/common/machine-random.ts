import { randomBytes, randomFillSync } from 'node:crypto'
import type { Random } from './uuid.ts'

// Asking the machine takes 2.5 µs however few bytes are wanted, and a tap wants some of them many times.
const drawn = new Uint8Array(4_096)
let used = drawn.length

/** The machine's own random bytes, for whoever starts something whose randomness is injected. */
export const machineRandom: Random = (length) => {
  if (length > drawn.length) return new Uint8Array(randomBytes(length))
  if (used + length > drawn.length) {
    randomFillSync(drawn)
    used = 0
  }
  const bytes = drawn.slice(used, used + length)
  // They may become a key.
  drawn.fill(0, used, used + length)
  used += length
  return bytes
}
