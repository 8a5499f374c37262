import type pkcs11 from 'pkcs11js'
import type { Capabilities } from '../capabilities/features.ts'
import { HsmError } from '../error.ts'
import type { KeyAlgorithm, SecretAlgorithm } from '../hierarchy/algorithms.ts'
import { type Purpose, USAGES } from '../hierarchy/usages.ts'
import type { KeyRecord, SealedKey } from '../keys/sealed-key.ts'
import { call, type TokenSession } from './cryptoki.ts'
import { formOf, outOfForm } from './key-forms.ts'
import type { Masters } from './masters.ts'
import { findObjects, workingCopy } from './objects.ts'
import { besidePrivate, inUse, keptAs, publicKey, readable } from './templates.ts'

const IN_TOKEN_AT_MOST = 1_000

/** A key in the token: `single` is L|L|L of a two-key TDES MAC key, see {@link SealedKey}. */
export interface KeyInUse {
  readonly record: KeyRecord
  readonly handle: pkcs11.Handle
  readonly single: pkcs11.Handle | null
  /** What is destroyed when the key goes. */
  readonly passing: readonly pkcs11.Handle[]
}

/**
 * The working keys that this signer was told of. A key that is used lies in the token as a session object, at most 1,000 of them, the
 * least recently used goes first. Usage and validity are checked here at each use, against a record whose seal was checked.
 */
export class KeyRing {
  readonly #home: TokenSession
  readonly #masters: Masters
  readonly #capabilities: Capabilities
  readonly #told = new Map<string, SealedKey>()
  readonly #used = new Map<string, KeyInUse>()
  /** The last one of `used`, which is asked for again more often than not. */
  #latest: KeyInUse | undefined
  /** Milliseconds since 1970, as the client's clock has it; set with each batch. */
  now = 0

  constructor(home: TokenSession, masters: Masters, capabilities: Capabilities) {
    this.#home = home
    this.#capabilities = capabilities
    this.#masters = masters
  }

  /** Takes note of a key, in place of an older one with its label: a request that is repeated may bring one from before a renewal. */
  learn(key: SealedKey): void {
    const { label, version } = key.record
    const known = this.#told.get(label)
    if (known !== undefined && known.record.version > version && this.#isSealed(known)) return
    this.#told.set(label, key)
    this.#forget(label)
  }

  /**
   * The record of a key, which need not be sealed as it says: for choosing how an operation is done. Throws KEY_NOT_FOUND.
   */
  recordOf(label: string): KeyRecord {
    return this.#find(label).record
  }

  /**
   * A key in the token for one purpose. Throws KEY_NOT_FOUND, KEY_WRONG_USAGE, KEY_WRONG_TYPE when it is none of `algorithms`, KEY_EXPIRED,
   * KEY_NOT_YET_VALID, BLOB_ALTERED, BLOB_OF_ANOTHER_TOKEN.
   */
  use(label: string, purpose: Purpose | null, algorithms?: readonly KeyAlgorithm[]): KeyInUse {
    const key = this.#used.get(label) ?? this.#bringIn(label)
    if (key !== this.#latest) this.#moveToEnd(key)
    this.#permit(key.record, purpose, algorithms)
    return key
  }

  /** The record of a key for a purpose that asks nothing of the token; its seal was checked. Throws as {@link use}. */
  permitted(label: string, purpose: Purpose): KeyRecord {
    const { record } = this.sealed(label)
    this.#permit(record, purpose)
    return record
  }

  /** Throws KEY_WRONG_TYPE unless the key, as its record says, is one of `algorithms`. */
  expect<Algorithm extends KeyAlgorithm>(label: string, algorithms: readonly Algorithm[]): Algorithm {
    const { algorithm } = this.recordOf(label)
    if (algorithms.includes(algorithm as Algorithm)) return algorithm as Algorithm
    throw new HsmError(
      'KEY_WRONG_TYPE',
      `expected key "${label}" of ${algorithms.join(' or ')}, got ${algorithm}`,
    )
  }

  /** The value of a secret key, for an operation that the token cannot do; the caller overwrites it. Throws as {@link use}. */
  reveal(label: string, purpose: Purpose | null): Buffer {
    const sealed = this.sealed(label)
    this.#permit(sealed.record, purpose)
    const algorithm = sealed.record.algorithm as SecretAlgorithm
    const form = readable(formOf(this.#capabilities, algorithm))
    return call(`the value of key "${label}"`, () => outOfForm(algorithm, this.#masters.read(sealed, form)))
  }

  #bringIn(label: string): KeyInUse {
    const sealed = this.sealed(label)
    const { record, singleBlob, objectId } = sealed
    return call(`the token to take key "${label}" in`, () => {
      if (objectId !== '') return { record, single: null, ...this.#copyOf(label, objectId) }
      const handle = this.#objectOf(sealed)
      if (singleBlob === '') return { record, handle, single: null, passing: [handle] }
      const left = { ...sealed, blob: singleBlob }
      const single = this.#masters.unwrap(left, inUse('tdes-3', record.usage), this.#home)
      return { record, handle, single, passing: [handle, single] }
    })
  }

  #objectOf(sealed: SealedKey): pkcs11.Handle {
    const { record } = sealed
    if (sealed.blob === '') return this.#createPublic(record)
    const attributes = inUse(formOf(this.#capabilities, record.algorithm), record.usage)
    try {
      return this.#masters.unwrap(sealed, attributes, this.#home)
    } catch (error) {
      if (record.publicKey === null || !isIncomplete(error)) throw error
      return this.#masters.unwrap(sealed, [...attributes, ...besidePrivate(record.publicKey)], this.#home)
    }
  }

  /** Where the module makes no copies, the object itself, which must outlive this signer. */
  #copyOf(label: string, objectId: string): Pick<KeyInUse, 'handle' | 'passing'> {
    const [found] = findObjects(this.#home, keptAs(objectId))
    if (found === undefined)
      throw new HsmError('KEY_NOT_FOUND', `expected key "${label}" among the objects of the token, got none`)
    const handle = workingCopy(this.#home, found)
    return { handle, passing: handle === found ? [] : [handle] }
  }

  #createPublic({ algorithm, publicKey: point }: KeyRecord): pkcs11.Handle {
    const { module, session } = this.#home
    const attributes = publicKey(algorithm as 'ec-p256', Buffer.from(point ?? '', 'hex'))
    return module.C_CreateObject(session, attributes)
  }

  #permit(record: KeyRecord, purpose: Purpose | null, algorithms?: readonly KeyAlgorithm[]): void {
    const { label, usage, validFrom, validUntil } = record
    if (purpose !== null && !USAGES[usage].purposes.includes(purpose))
      throw new HsmError(
        'KEY_WRONG_USAGE',
        `expected key "${label}" to ${purpose}, got one of usage "${usage}"`,
      )
    if (algorithms !== undefined) this.expect(label, algorithms)
    if (validUntil !== null && this.now > validUntil)
      throw new HsmError(
        'KEY_EXPIRED',
        `expected a valid key "${label}", got one that ended ${day(validUntil)}`,
      )
    if (validFrom !== null && this.now < validFrom)
      throw new HsmError(
        'KEY_NOT_YET_VALID',
        `expected a valid key "${label}", got one from ${day(validFrom)} on`,
      )
  }

  /** A key as it is sealed. Throws KEY_NOT_FOUND, BLOB_ALTERED, BLOB_OF_ANOTHER_TOKEN. */
  sealed(label: string): SealedKey {
    const sealed = this.#find(label)
    this.#masters.check(sealed)
    return sealed
  }

  #isSealed(key: SealedKey): boolean {
    try {
      this.#masters.check(key)
      return true
    } catch {
      return false
    }
  }

  #find(label: string): SealedKey {
    const sealed = this.#told.get(label)
    if (sealed !== undefined) return sealed
    throw new HsmError('KEY_NOT_FOUND', `expected a key "${label}", got none`)
  }

  #moveToEnd(key: KeyInUse): void {
    const { label } = key.record
    this.#used.delete(label)
    this.#used.set(label, key)
    this.#latest = key
    this.#evict()
  }

  #evict(): void {
    const [oldest] = this.#used.keys()
    if (this.#used.size > IN_TOKEN_AT_MOST && oldest !== undefined) this.#forget(oldest)
  }

  #forget(label: string): void {
    const key = this.#used.get(label)
    if (key === undefined) return
    this.#used.delete(label)
    const { module, session } = this.#home
    for (const handle of key.passing) module.C_DestroyObject(session, handle)
  }
}

function isIncomplete(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('CKR_TEMPLATE_INCOMPLETE')
}

function day(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
