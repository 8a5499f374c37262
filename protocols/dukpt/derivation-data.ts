import { AES_BLOCK, aesEcb } from '../emv/keys/aes.ts'
import { DERIVATION_USAGES, KEY_TYPES, type KeyType } from './key-types.ts'

const VERSION = 0x01

/** What derivation data say of the key to be derived. */
export interface DerivedKey {
  /** Code of the usage. */
  usage: number
  type: KeyType
  /** The initial key's name, 8 bytes. */
  id: Uint8Array
  /** Not part of the data of an initial key. */
  counter: number
}

/**
 * Derivation data, X9.24-3:2017, 6.3.2 and 6.3.3: one block of 16 bytes for each 16 bytes of key (the last may be needed in part). Version,
 * number of the block, usage, algorithm and length of the key, then which key of the device it is.
 */
export function derivationData({ usage, type, id, counter }: DerivedKey): Uint8Array {
  const { algorithm, bits } = KEY_TYPES[type]
  // Byte by byte, since this is run for each one of a counter.
  const data = new Uint8Array(bits > 128 ? 2 * AES_BLOCK : AES_BLOCK)
  const isInitial = usage === DERIVATION_USAGES.initialKey
  for (let at = 0, block = 1; at < data.length; at += AES_BLOCK, block++) {
    data[at] = VERSION
    data[at + 1] = block
    writeInteger(data, at + 2, usage, 2)
    writeInteger(data, at + 4, algorithm, 2)
    writeInteger(data, at + 6, bits, 2)
    // All of the name for an initial key; for the others its right half and the counter.
    for (let i = 0; i < (isInitial ? 8 : 4); i++) data[at + 8 + i] = id[isInitial ? i : i + 4] ?? 0
    if (!isInitial) writeInteger(data, at + 12, counter, 4)
  }
  return data
}

/** The key that `from` gives, X9.24-3:2017, 6.3.1: as long as its type asks. `from`: an AES key of 16, 24 or 32 bytes. */
export function derivedKey(from: Uint8Array, key: DerivedKey): Uint8Array {
  const derived = aesEcb(from, derivationData(key))
  const length = KEY_TYPES[key.type].bits / 8
  return derived.length === length ? derived : derived.slice(0, length)
}

function writeInteger(data: Uint8Array, at: number, value: number, length: number): void {
  for (let i = 0; i < length; i++) data[at + i] = value >>> (8 * (length - 1 - i))
}
