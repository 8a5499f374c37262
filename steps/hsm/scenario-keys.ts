import { type KeyStore, MemoryKeyStore } from '../../hardware/hsm/keys/key-store.ts'
import type { SealedKey } from '../../hardware/hsm/keys/sealed-key.ts'

/** The sealed keys of one scenario after the other, for an HSM that outlives them: each finds none of another's. */
export class ScenarioKeys implements KeyStore {
  #keys = new MemoryKeyStore()

  get(label: string): SealedKey | undefined {
    return this.#keys.get(label)
  }

  put(key: SealedKey): Promise<void> {
    return this.#keys.put(key)
  }

  list(): readonly SealedKey[] {
    return this.#keys.list()
  }

  /** From now on there are no keys. */
  clear(): void {
    this.#keys = new MemoryKeyStore()
  }
}
