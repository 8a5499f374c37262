import { randomBytes } from 'node:crypto'

let named = 0

/** A name that nothing else has, of this bench or of another whose data are in the same database. */
export function uniqueName(kind: string): string {
  named += 1
  return `${kind}-${named}-${randomBytes(3).toString('hex')}`
}
