import { concat } from '../bytes/bytes.ts'
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
export function derivationData(key: DerivedKey): Uint8Array {
  const { algorithm, bits } = KEY_TYPES[key.type]
  const blocks = Math.ceil(bits / 8 / AES_BLOCK)
  const data = new Uint8Array(blocks * AES_BLOCK)
  const view = new DataView(data.buffer)
  for (let block = 0; block < blocks; block++) {
    const at = block * AES_BLOCK
    data.set([VERSION, block + 1], at)
    view.setUint16(at + 2, key.usage)
    view.setUint16(at + 4, algorithm)
    view.setUint16(at + 6, bits)
    data.set(context(key), at + 8)
  }
  return data
}

/** The key that `from` gives, X9.24-3:2017, 6.3.1: as long as its type asks. `from`: an AES key of 16, 24 or 32 bytes. */
export function derivedKey(from: Uint8Array, key: DerivedKey): Uint8Array {
  return aesEcb(from, derivationData(key)).slice(0, KEY_TYPES[key.type].bits / 8)
}

/** All of the name for an initial key; for the others its right half and the counter. */
function context({ usage, id, counter }: DerivedKey): Uint8Array {
  if (usage === DERIVATION_USAGES.initialKey) return id
  const bytes = concat(id.subarray(4), new Uint8Array(4))
  new DataView(bytes.buffer).setUint32(4, counter)
  return bytes
}
