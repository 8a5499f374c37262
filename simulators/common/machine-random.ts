import { randomBytes } from 'node:crypto'
import type { Random } from './uuid.ts'

/** The machine's own random bytes, for whoever starts something whose randomness is injected. */
export const machineRandom: Random = (length) => new Uint8Array(randomBytes(length))
