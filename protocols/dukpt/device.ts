import { fromHex, toHex } from '../bytes/bytes.ts'
import { AES_DUKPT, aesWorkingKey, UPDATE_COUNTER } from './aes.ts'
import { lowestOne, nextCounter, ones } from './counter.ts'
import { DukptError } from './error.ts'
import { derivedAlong } from './host.ts'
import type { KeyType } from './key-types.ts'
import { checkKey, checkSaved, damaged, type SavedDevice } from './saved-device.ts'
import type { DukptScheme, Ksn } from './scheme.ts'

/**
 * The terminal's side of DUKPT (X9.24-1:2009, A.2; X9.24-3:2017, 6.5): one future key a bit of the counter, and no key from which one that
 * was used could be derived. A key is erased when it is handed out, and a KSN is handed out once.
 */
export class DukptDevice {
  readonly scheme: DukptScheme
  readonly #id: Uint8Array
  readonly #registers: (Uint8Array | null)[]
  #counter: number | null

  private constructor(
    scheme: DukptScheme,
    id: Uint8Array,
    registers: (Uint8Array | null)[],
    counter: number | null,
  ) {
    this.scheme = scheme
    this.#id = id
    this.#registers = registers
    this.#counter = counter
  }

  /** A device after the injection of its initial key, which it does not keep. Throws a {@link DukptError} for a wrong key length. */
  static load(initialKey: Uint8Array, { scheme, id }: Pick<Ksn, 'scheme' | 'id'>): DukptDevice {
    checkKey(scheme, initialKey.length)
    const bits = Array.from({ length: scheme.counterBits }, (_, bit) => 2 ** bit)
    const registers = bits.map((one) => scheme.nextKey(initialKey, id, one))
    return new DukptDevice(scheme, Uint8Array.from(id), registers, 1)
  }

  /** The inverse of {@link save}. Throws a {@link DukptError} when what was saved is no state that a device of `scheme` can be in. */
  static restore(scheme: DukptScheme, saved: SavedDevice): DukptDevice {
    checkSaved(scheme, saved)
    const registers = saved.registers.map((key) => (key === null ? null : fromHex(key)))
    return new DukptDevice(scheme, fromHex(saved.id), registers, saved.counter)
  }

  /** The KSN of the next transaction; null when the device is exhausted. */
  get ksn(): Ksn | null {
    return this.#counter === null
      ? null
      : { scheme: this.scheme, id: Uint8Array.from(this.#id), counter: this.#counter }
  }

  /** The next transaction's KSN and key, of which the device keeps nothing; null when the device is exhausted. */
  next(): { ksn: Ksn; key: Uint8Array } | null {
    const ksn = this.ksn
    if (ksn === null) return null
    const key = this.#take(ksn.counter)
    if (ones(ksn.counter) < this.scheme.maxOnes) this.#refill(key, ksn.counter)
    this.#counter = nextCounter(this.scheme, ksn.counter)
    return { ksn, key }
  }

  /**
   * The key under which this AES device gets its next initial key, the same at any time of its life (X9.24-3:2017, 6.5.3). Null when the
   * device is exhausted. Throws a {@link DukptError} for a TDES device, which has none.
   */
  updateKey(type: KeyType): Uint8Array | null {
    if (this.scheme.name !== AES_DUKPT.name)
      throw new DukptError('an AES DUKPT device', this.scheme.name, 'inject a new initial key')
    if (this.#counter === null) return null
    const from = onesFromLeft(this.scheme.counterBits, this.#counter)
    const register = this.#register(from)
    const key = derivedAlong(this.scheme, register, this.#id, from, UPDATE_COUNTER)
    return aesWorkingKey(key, { id: this.#id, counter: UPDATE_COUNTER }, 'keyEncryption', type)
  }

  /** Overwrites all keys, as a device does that notices tampering: it is then exhausted. */
  erase(): void {
    for (const key of this.#registers) key?.fill(0)
    this.#registers.fill(null)
    this.#counter = null
  }

  /** The state, to be restored later. The caller sees to it that an older one never is: keys would be used twice. */
  save(): SavedDevice {
    const registers = this.#registers.map((key) => (key === null ? null : toHex(key)))
    return { scheme: this.scheme.name, id: toHex(this.#id), counter: this.#counter, registers }
  }

  /** Gives the only copy away. */
  #take(counter: number): Uint8Array {
    const key = this.#register(counter)
    this.#registers[Math.log2(lowestOne(counter))] = null
    return key
  }

  /** A key for each bit to the right of the lowest one (X9.24-1:2009, A.2 "New Key"; X9.24-3:2017, 6.5.3 "Update Derivation Keys"). */
  #refill(key: Uint8Array, counter: number): void {
    for (let one = lowestOne(counter) / 2; one >= 1; one /= 2)
      this.#registers[Math.log2(one)] = this.scheme.nextKey(key, this.#id, counter + one)
  }

  #register(counter: number): Uint8Array {
    const key = this.#registers[Math.log2(lowestOne(counter))]
    if (!key) throw damaged(`a key for the counter ${counter}`, 'none')
    return key
  }
}

/** The smallest counter of ones at the left and zeros at the right that is not below `counter`: its key is in a register. */
function onesFromLeft(bits: number, counter: number): number {
  let value = 0
  for (let one = 2 ** (bits - 1); value < counter; one /= 2) value += one
  return value
}
