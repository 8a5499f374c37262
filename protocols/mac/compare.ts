import { timingSafeEqual } from 'node:crypto'

/** Whether two check values are the same, in a time that does not tell where they differ. */
export function sameMac(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
