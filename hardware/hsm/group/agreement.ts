import type { Capabilities } from '../capabilities/features.ts'
import { HsmError } from '../error.ts'

/** What a signer finds out when it opens a token. `masters`: tells tokens with different master keys apart, hex. */
export interface Opened {
  readonly capabilities: Capabilities
  readonly masters: string
}

/** Check values of master keys, 3 bytes each, hex: of what the seal key authenticates, and the storage key wraps, for nobody. */
export function checkValuesOf({ masters }: Opened): { readonly storage: string; readonly seal: string } {
  const half = masters.length / 2
  const shown = (from: number) => masters.slice(from, from + 6).toUpperCase()
  return { storage: shown(half), seal: shown(0) }
}

/** What all tokens of a group have in common: what the first one has that was opened. */
export class Agreement {
  #name = ''
  #opened: Opened | null = null

  /** What each of the tokens can do; null before one was opened. */
  get capabilities(): Capabilities | null {
    return this.#opened?.capabilities ?? null
  }

  /** Throws MASTER_KEYS_DIFFER, and MECHANISM_MISSING for a token that can do less or more than the others. */
  expect(name: string, opened: Opened): void {
    if (this.#opened === null) {
      this.#name = name
      this.#opened = opened
    }
    const differing = differences(this.#opened.capabilities, opened.capabilities)
    if (differing.length > 0)
      throw new HsmError(
        'MECHANISM_MISSING',
        `expected the tokens "${this.#name}" and "${name}" to do the same, got ${differing.join(', ')} in one alone`,
      )
    if (opened.masters !== this.#opened.masters)
      throw new HsmError(
        'MASTER_KEYS_DIFFER',
        `expected the token "${name}" to hold the master keys of the token "${this.#name}", got others`,
      )
  }
}

/** Features, since two modules may do the same under other numbers. Of the sealings, what new keys come in. */
function differences(one: Capabilities, other: Capabilities): string[] {
  const bothPad = one['key-wrap-pad'] !== null && other['key-wrap-pad'] !== null
  const features = Object.keys(one) as (keyof Capabilities)[]
  return features
    .filter((feature) => (one[feature] === null) !== (other[feature] === null))
    .filter((feature) => feature !== 'key-wrap-cbc' || !bothPad)
}
