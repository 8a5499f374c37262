import { AES_DUKPT } from '../../protocols/dukpt/aes.ts'
import { type KsnReading, readInitialKsn, readKsn } from '../../protocols/dukpt/ksn.ts'
import type { DukptScheme, Ksn } from '../../protocols/dukpt/scheme.ts'
import { TDES_DUKPT } from '../../protocols/dukpt/tdes.ts'
import type { Desk } from './desk.ts'
import { HsmError } from './error.ts'
import { familyOf } from './hierarchy/algorithms.ts'
import { expectBlocks, expectBytes } from './input.ts'
import { type GenerateKey, type KeyTerms, newKeyOf } from './new-key.ts'

/** `base`: label of the base key; `ksn`: 12 bytes (AES) or 10 (TDES), of which the first 8 name the device's initial key. */
export interface DeriveInitialKey extends KeyTerms {
  label: string
  base: string
  ksn: Uint8Array
}

/** `key`: label of the base or initial key; `ksn`: 12 bytes (AES) or 10 (TDES); CBC, whole blocks, `iv` of one block. */
export interface DukptDecrypt {
  key: string
  ksn: Uint8Array
  iv: Uint8Array
  data: Uint8Array
}

/** Keys of devices by AES and TDES DUKPT (X9.24-3): base keys, initial keys and data under transaction keys. HsmError as in {@link Hsm}. */
export class Dukpt {
  readonly #desk: Desk

  constructor(desk: Desk) {
    this.#desk = desk
  }

  /** A new DUKPT base key: AES, or two-key TDES. */
  async generateBdk(key: Omit<GenerateKey, 'usage'>): Promise<{ kcv: string | null }> {
    const args = { key: newKeyOf({ ...key, usage: 'DUKPT base' }) }
    const { record } = await this.#desk.make('GenerateBdk', [], args, (sealed) => sealed)
    return { kcv: record.kcv }
  }

  /** AES and TDES DUKPT: the initial key of a device, as a key of its own (DeriveIpek). `kcv`: 3 bytes, hex. */
  async deriveInitialKey({ base, ksn, ...terms }: DeriveInitialKey): Promise<{ kcv: string | null }> {
    const { id } = ksnOf(readInitialKsn(this.#schemeOf(base), ksn))
    const algorithm = this.#desk.recordOf(base).algorithm as 'aes-128' | 'aes-192' | 'aes-256' | 'tdes-2'
    const key = newKeyOf({ ...terms, usage: 'DUKPT initial' as const, algorithm })
    const args = { base, id, key }
    const { record } = await this.#desk.make('DeriveInitialKey', [base], args, (sealed) => sealed)
    return { kcv: record.kcv }
  }

  /** AES and TDES DUKPT: what a device encrypted under its key for data of a transaction; of TDES that of a request. */
  async decrypt({ key, ksn, iv, data }: DukptDecrypt): Promise<Uint8Array> {
    const scheme = this.#schemeOf(key)
    const { id, counter } = ksnOf(readKsn(scheme, ksn))
    expectBytes('an initial vector', iv, scheme.blockBytes)
    const args = { key, id, counter, iv, data: expectBlocks(data, scheme.blockBytes) }
    return new Uint8Array(await this.#desk.perform('DukptDecrypt', [key], args))
  }

  #schemeOf(label: string): DukptScheme {
    return familyOf(this.#desk.recordOf(label).algorithm) === 'tdes' ? TDES_DUKPT : AES_DUKPT
  }
}

function ksnOf(reading: KsnReading): Ksn {
  if (reading.ok) return reading.ksn
  throw new HsmError('INVALID_INPUT_DATA', `expected a KSN of the key's scheme, got ${reading.reason}`)
}
