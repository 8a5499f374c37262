import type { SealedKey } from './sealed-key.ts'

/** Where sealed keys lie; what is in it can be read by anybody, and changed by nobody without being found out. */
export interface KeyStore {
  /** The key with this label, or undefined. */
  get(label: string): SealedKey | undefined
  /** Keeps a key, in place of another one with its label. Resolves when it is safe from a crash. */
  put(key: SealedKey): Promise<void>
  /** All keys, in the order of their making. */
  list(): readonly SealedKey[]
}

/** Keys that live as long as the run. */
export class MemoryKeyStore implements KeyStore {
  readonly #keys = new Map<string, SealedKey>()

  constructor(keys: Iterable<SealedKey> = []) {
    for (const key of keys) this.#keys.set(key.record.label, key)
  }

  get(label: string): SealedKey | undefined {
    return this.#keys.get(label)
  }

  async put(key: SealedKey): Promise<void> {
    this.#keys.set(key.record.label, key)
  }

  list(): readonly SealedKey[] {
    return [...this.#keys.values()]
  }
}
