import { createCipheriv } from 'node:crypto'
import { concat, toHex } from '../../../protocols/bytes/bytes.ts'
import { aesWorkingKey } from '../../../protocols/dukpt/aes.ts'
import { DukptDevice } from '../../../protocols/dukpt/device.ts'
import { ksnBytes } from '../../../protocols/dukpt/ksn.ts'
import type { SavedDevice } from '../../../protocols/dukpt/saved-device.ts'
import type { Ksn } from '../../../protocols/dukpt/scheme.ts'
import { DUKPT_SCHEMES, type DukptName } from '../../../protocols/dukpt/schemes.ts'
import { tdesWorkingKey } from '../../../protocols/dukpt/tdes.ts'
import { DES_BLOCK, encryptCbc } from '../../../protocols/mac/des.ts'
import { encipherPin } from '../../../protocols/pin/encipher.ts'
import { PinError } from '../../../protocols/pin/error.ts'
import type { Random } from '../../common/uuid.ts'
import { seal, unseal } from './sealed.ts'

/** A WhiteBox as it lies on a disk. */
export interface SavedWhiteBox {
  tampered: boolean
  /** Sealed key states by their handles. */
  keys: Record<string, string>
}

/** What a WhiteBox enciphered, and the key serial number (12 bytes, of TDES DUKPT 10) to send with it. */
export interface Enciphered {
  ksn: Uint8Array
  data: Uint8Array
}

/** Formats of PIN blocks that bind the PAN, with either cipher. */
export type DevicePinFormat = 0 | 4

/** Working keys are as long as the initial key, by its bytes (X9.24-3:2017, 6.3.2). */
const AES_KEYS = { 16: 'AES128', 24: 'AES192', 32: 'AES256' } as const
const HANDLE_BYTES = 8
const IV_BYTES = 16

/**
 * The secure store for transaction keys: at rest they are enciphered under the terminal master key (TMK) that was injected at manufacture,
 * the outside has handles, and no operation gives a key away. When it is tampered with, keys and TMK are overwritten.
 */
export class WhiteBox {
  readonly #tmk: Uint8Array
  readonly #random: Random
  readonly #keys: Map<string, string>
  #tampered: boolean

  /** `tmk`: 32 bytes, copied. `saved`: from {@link save}. */
  constructor(tmk: Uint8Array, random: Random, saved: SavedWhiteBox = { tampered: false, keys: {} }) {
    this.#tmk = saved.tampered ? new Uint8Array(tmk.length) : Uint8Array.from(tmk)
    this.#random = random
    this.#keys = new Map(Object.entries(saved.keys))
    this.#tampered = saved.tampered
  }

  get tampered(): boolean {
    return this.#tampered
  }

  /** Takes an initial key and overwrites the caller's bytes. `id`: 8 bytes. Returns its handle and its check value (5 bytes, of TDES 3). */
  load(
    initialKey: Uint8Array,
    id: Uint8Array,
    dukpt: DukptName = 'AES',
  ): { handle: string; kcv: Uint8Array } {
    this.#requireWhole()
    const handle = toHex(this.#random(HANDLE_BYTES))
    const scheme = DUKPT_SCHEMES[dukpt]
    const kcv = scheme.checkValue(initialKey)
    const device = DukptDevice.load(initialKey, { scheme, id })
    initialKey.fill(0)
    this.#store(handle, device)
    return { handle, kcv }
  }

  /**
   * A PIN block (ISO 9564-1:2017, 9.3.2 and 9.4.2.3) under the next transaction's key; null when the counter is exhausted. Format 4 is
   * enciphered with AES, format 0 with triple DES: of AES DUKPT by a working key of that cipher (X9.24-3:2017, 6.3.2, table 2). Throws
   * a PinError for format 4 with TDES DUKPT.
   */
  encipherPin(handle: string, pin: string, pan: string, format: DevicePinFormat = 4): Enciphered | null {
    return this.#withNextKey(handle, (transaction, ksn) => {
      const key = pinKey(transaction, ksn, format)
      return encipherPin({ format, key, pan }, pin, this.#random)
    })
  }

  /** Account data under the next transaction's key: a random block, CBC from it (PKCS #7 padding); null when exhausted. */
  encipherData(handle: string, data: Uint8Array): Enciphered | null {
    return this.#withNextKey(handle, (transaction, ksn) => {
      if (ksn.scheme.name === 'TDES') return tdesData(transaction, data, this.#random(DES_BLOCK))
      return aesData(aesWorkingKey(transaction, ksn, 'dataEncrypt', aesType(transaction)), data, this.#random)
    })
  }

  /** Overwrites a key; harmless when there is none. */
  discard(handle: string): void {
    this.#keys.delete(handle)
  }

  /** What the sensors of a device do: nothing is left. */
  tamper(): void {
    this.#tmk.fill(0)
    this.#keys.clear()
    this.#tampered = true
  }

  save(): SavedWhiteBox {
    return { tampered: this.#tampered, keys: Object.fromEntries(this.#keys) }
  }

  #withNextKey(handle: string, use: (key: Uint8Array, ksn: Ksn) => Uint8Array): Enciphered | null {
    const device = this.#open(handle)
    const next = device.next()
    // The state without the key is stored before the key is used: a key is never used twice.
    this.#store(handle, device)
    if (next === null) return null
    const data = use(next.key, next.ksn)
    next.key.fill(0)
    return { ksn: ksnBytes(next.ksn), data }
  }

  #open(handle: string): DukptDevice {
    this.#requireWhole()
    const sealed = this.#keys.get(handle)
    if (sealed === undefined) throw new Error(`expected the handle of a key, got "${handle}": load one first`)
    const plain = unseal(this.#tmk, handle, sealed)
    const saved: SavedDevice = JSON.parse(Buffer.from(plain).toString())
    plain.fill(0)
    return DukptDevice.restore(DUKPT_SCHEMES[saved.scheme], saved)
  }

  #store(handle: string, device: DukptDevice): void {
    const plain = Buffer.from(JSON.stringify(device.save()))
    this.#keys.set(handle, seal(this.#tmk, handle, plain, this.#random))
    plain.fill(0)
    device.erase()
  }

  #requireWhole(): void {
    if (this.#tampered)
      throw new Error('expected a WhiteBox that is whole, it was tampered with: replace the device')
  }
}

function pinKey(transaction: Uint8Array, ksn: Ksn, format: DevicePinFormat): Uint8Array {
  if (ksn.scheme.name === 'AES')
    return aesWorkingKey(transaction, ksn, 'pinEncryption', format === 0 ? 'TDES2' : aesType(transaction))
  // It is as long as an AES key, and would be taken for one.
  if (format === 4) throw new PinError('format 0 with a key of TDES DUKPT', 'format 4', 'choose format 0')
  return tdesWorkingKey(transaction, 'pin')
}

function aesData(key: Uint8Array, data: Uint8Array, random: Random): Uint8Array {
  const iv = random(IV_BYTES)
  const cipher = createCipheriv(`aes-${(key.length * 8) as 128 | 192 | 256}-cbc`, key, iv)
  return concat(iv, cipher.update(data), cipher.final())
}

/** What a terminal sends is a request (X9.24-1:2009, A.4.1). */
function tdesData(transaction: Uint8Array, data: Uint8Array, iv: Uint8Array): Uint8Array {
  const padding = DES_BLOCK - (data.length % DES_BLOCK)
  const padded = concat(data, new Uint8Array(padding).fill(padding))
  return concat(iv, encryptCbc(tdesWorkingKey(transaction, 'dataRequest'), padded, iv))
}

function aesType({ length }: Uint8Array): (typeof AES_KEYS)[keyof typeof AES_KEYS] {
  return AES_KEYS[length as keyof typeof AES_KEYS]
}
