import { randomBytes } from 'node:crypto'
import type { SpiedHsm } from './spied-hsm.ts'

/** Beyond the keys that the test knows and those that were made: what was derived or handed out, and clear PINs and their blocks. */
export interface Passed {
  readonly keys?: Readonly<Record<string, Uint8Array>>
  readonly pins?: Readonly<Record<string, Uint8Array>>
}

/** Does something with the HSM under the spy, and says what must not be seen of it. */
export type Case = (spied: SpiedHsm) => Promise<Passed>
/** Of one operation: the kinds of keys that it is done differently with. */
export type Cases = Readonly<Record<string, Case>>

export function random(length: number): Uint8Array {
  return new Uint8Array(randomBytes(length))
}

/** A name that no key has. */
export function newLabel(): string {
  return randomBytes(8).toString('hex')
}

/** One case for each of `names`. */
export function each<Name extends string>(names: readonly Name[], make: (name: Name) => Case): Cases {
  return Object.fromEntries(names.map((name) => [name, make(name)]))
}
