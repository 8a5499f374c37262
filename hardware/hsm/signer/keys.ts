import pkcs11 from 'pkcs11js'
import { HsmError } from '../error.ts'
import { call, type TokenSession, template } from './cryptoki.ts'

/** What a label stands for: one object of one class. */
export type KeyClass = 'CKO_SECRET_KEY' | 'CKO_PUBLIC_KEY'

const MAX_COPIES = 1_000

/**
 * Keys by label. SoftHSM2 reads token objects from disk at each use, so a key that is used often is copied to a session object, which
 * dies with the process; the copy is as sensitive and unextractable as its original. At most 1,000, the least recently used goes first.
 */
export class Keys {
  readonly #token: TokenSession
  readonly #copies = new Map<string, pkcs11.Handle>()

  constructor(token: TokenSession) {
    this.#token = token
  }

  /** The working copy of a key. Throws KEY_NOT_FOUND, or KEY_WRONG_TYPE when the label belongs to another class. */
  use(label: string, keyClass: KeyClass): pkcs11.Handle {
    const id = `${keyClass} ${label}`
    const copy = this.#copies.get(id) ?? this.#copy(label, keyClass)
    this.#copies.delete(id)
    this.#copies.set(id, copy)
    this.#evict()
    return copy
  }

  /** Throws KEY_EXISTS when a token object has this label. */
  mustBeFree(label: string): void {
    if (this.#find({ CKA_LABEL: label }).length === 0) return
    throw new HsmError('KEY_EXISTS', `expected no key "${label}" in the token, got one`)
  }

  #copy(label: string, keyClass: KeyClass): pkcs11.Handle {
    const [original, ...others] = this.#find({ CKA_LABEL: label, CKA_CLASS: pkcs11[keyClass] })
    if (original === undefined) throw this.#missing(label, keyClass)
    if (others.length > 0)
      throw new HsmError('KEY_EXISTS', `expected one key "${label}", got ${others.length + 1}`)
    const { module, session } = this.#token
    return call(`a working copy of key "${label}"`, () =>
      module.C_CopyObject(session, original, template({ CKA_TOKEN: false })),
    )
  }

  #missing(label: string, keyClass: KeyClass): HsmError {
    if (this.#find({ CKA_LABEL: label }).length === 0)
      return new HsmError('KEY_NOT_FOUND', `expected a key "${label}" in the token, got none`)
    return new HsmError('KEY_WRONG_TYPE', `expected key "${label}" to be a ${keyClass}, got another kind`)
  }

  #find(attributes: Parameters<typeof template>[0]): pkcs11.Handle[] {
    const { module, session } = this.#token
    return call('a search for keys', () => {
      module.C_FindObjectsInit(session, template({ ...attributes, CKA_TOKEN: true }))
      try {
        return module.C_FindObjects(session, 2)
      } finally {
        module.C_FindObjectsFinal(session)
      }
    })
  }

  #evict(): void {
    if (this.#copies.size <= MAX_COPIES) return
    for (const [id, copy] of this.#copies) {
      this.#copies.delete(id)
      this.#token.module.C_DestroyObject(this.#token.session, copy)
      return
    }
  }
}
