import { createPublicKey, type KeyObject } from 'node:crypto'

const KEPT = 1_000

/** Key objects of PEM texts. The text comes from the database for each request; only what reading it costs is saved. */
export class PublicKeys {
  readonly #known = new Map<string, KeyObject>()

  /** Throws for text that is no public key. */
  of(pem: string): KeyObject {
    const known = this.#known.get(pem)
    if (known !== undefined) return known
    const key = createPublicKey(pem)
    if (this.#known.size >= KEPT) this.#known.clear()
    this.#known.set(pem, key)
    return key
  }
}
