import type { Desk } from './desk.ts'
import { HsmError } from './error.ts'
import { ALGORITHMS, type SecretAlgorithm } from './hierarchy/algorithms.ts'
import type { KeyUsage } from './hierarchy/usages.ts'
import { expectBytes, expectLabel, expectOneOf } from './input.ts'
import { type KeyTerms, newKeyOf, newRecordOf } from './new-key.ts'
import type { ArgsOf, ResultOf } from './requests.ts'
import type { BlockRefusal } from './signer/key-blocks.ts'

export type { BlockRefusal, BlockVersion } from './signer/key-blocks.ts'

export interface GenerateExchangedKey extends KeyTerms {
  label: string
  algorithm: SecretAlgorithm
}

/** `components`: two or three, each as long as the key, whose exclusive-or is the key; `kcv`: hex, 3 bytes. */
export interface ImportZmk extends GenerateExchangedKey {
  components: readonly Uint8Array[]
  kcv: string
}

export type ExportWorkingKey = Omit<ArgsOf<'ExportWorkingKey'>, 'exportability'> & {
  /** Whether the receiver may hand it on; default: no. */
  exportability?: 'E' | 'N'
}

/** `usage`: what the key must be; `block`: TR-31, version A to E. */
export interface ImportWorkingKey extends KeyTerms {
  label: string
  usage: KeyUsage
  zoneMaster: string
  block: string
}

export type ImportedWorkingKey =
  | { ok: true; kcv: string | null; algorithm: SecretAlgorithm }
  | { ok: false; reason: BlockRefusal }

const VERSIONS = ['A', 'B', 'C', 'D', 'E'] as const
const COMPONENTS = { least: 2, most: 3 }
const BLOCK_CHARACTERS_AT_MOST = 9_999

/**
 * Keys for and from others, under zone master keys. What a block holds decides the outcome, a value; HsmError, as in {@link Hsm}, for our own
 * keys: KEY_NOT_EXPORTABLE when the key was not made so, has no code in X9.143 or is stronger than the zone master key.
 */
export class Exchange {
  readonly #desk: Desk

  constructor(desk: Desk) {
    this.#desk = desk
  }

  /** A new PIN working key, in the token. */
  async generatePwk(terms: GenerateExchangedKey): Promise<{ kcv: string | null }> {
    const args = { key: newKeyOf({ ...terms, usage: 'PIN working' }) }
    return kcvOf(await this.#desk.make('GeneratePwk', [], args, (sealed) => sealed))
  }

  /** A new zone master key, in the token. */
  async generateZmk(terms: GenerateExchangedKey): Promise<{ kcv: string | null }> {
    const args = { key: newKeyOf({ ...terms, usage: 'zone master' }) }
    return kcvOf(await this.#desk.make('GenerateZmk', [], args, (sealed) => sealed))
  }

  /** A zone master key that came in components. Throws KCV_MISMATCH. */
  async importZmk({ components, kcv, ...terms }: ImportZmk): Promise<{ kcv: string | null }> {
    const key = newKeyOf({ ...terms, usage: 'zone master' })
    if (components.length < COMPONENTS.least || components.length > COMPONENTS.most)
      throw new HsmError('INVALID_INPUT_DATA', `expected 2 or 3 components, got ${components.length}`)
    for (const one of components) expectBytes('a component', one, ALGORITHMS[terms.algorithm].bytes)
    return kcvOf(await this.#desk.make('ImportZmk', [], { key, components, kcv }, (sealed) => sealed))
  }

  /** The key block, text. */
  async exportWorkingKey({ exportability = 'N', ...args }: ExportWorkingKey): Promise<string> {
    expectOneOf('a key block version', args.version, VERSIONS)
    expectOneOf('exportability', exportability, ['E', 'N'])
    const names = [expectLabel(args.key), expectLabel(args.zoneMaster)]
    return this.#desk.perform('ExportWorkingKey', names, { ...args, exportability })
  }

  /** Keeps the key of a block. Exportable when the block and the caller both say so. */
  async importWorkingKey({ zoneMaster, block, ...terms }: ImportWorkingKey): Promise<ImportedWorkingKey> {
    const key = newRecordOf(terms)
    const args = { key, zoneMaster: expectLabel(zoneMaster), block: expectText(block) }
    const result = await this.#desk.make('ImportWorkingKey', [zoneMaster], args, (made) =>
      made.ok ? made.key : null,
    )
    if (!result.ok) return result
    const { kcv, algorithm } = result.key.record
    return { ok: true, kcv, algorithm: algorithm as SecretAlgorithm }
  }

  /** The block's key in another block, under the zone master key `to`. */
  async translateKey(args: ArgsOf<'TranslateKey'>): Promise<ResultOf<'TranslateKey'>> {
    expectOneOf('a key block version', args.version, VERSIONS)
    expectText(args.block)
    return this.#desk.perform('TranslateKey', [expectLabel(args.from), expectLabel(args.to)], args)
  }
}

function expectText(block: string): string {
  if (block.length <= BLOCK_CHARACTERS_AT_MOST) return block
  throw new HsmError(
    'DATA_TOO_LONG',
    `expected at most ${BLOCK_CHARACTERS_AT_MOST} characters, got ${block.length}`,
  )
}

function kcvOf({ record }: ResultOf<'GenerateZmk'>): { kcv: string | null } {
  return { kcv: record.kcv }
}
