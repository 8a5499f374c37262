import type { Journal } from '../../protocols/journal/journal.ts'
import { FEATURES } from './capabilities/features.ts'
import { NEEDS, type Placement, placements, type Variant } from './capabilities/placement.ts'
import { HsmError } from './error.ts'
import { expectLabel } from './input.ts'
import type { KeyStore } from './keys/key-store.ts'
import type { KeyRecord, SealedKey } from './keys/sealed-key.ts'
import type { ArgsOf, HsmReply, HsmRequest, OperationName, ResultOf } from './requests.ts'
import type { SignerPool } from './signer-pool.ts'

/** An operation that ended, for the journal; `token`: the name of the one that answered, empty when none did. */
interface Done {
  readonly operation: OperationName
  readonly key: string
  readonly us: number
  readonly result: string
  readonly variant: Variant | null
  readonly token: string
}

/** What groups of operations are done through: the signers, the keys and the journal of one HSM. */
export class Desk {
  readonly #pool: SignerPool
  readonly #keys: KeyStore
  readonly #journal: Journal
  readonly #making = new Set<string>()
  readonly #places: Readonly<Record<Variant, Placement>>

  constructor(pool: SignerPool, keys: KeyStore, journal: Journal, clearAllowed: boolean) {
    this.#pool = pool
    this.#keys = keys
    this.#journal = journal
    this.#places = placements(pool.capabilities, clearAllowed)
  }

  /** The records of all keys. */
  get records(): KeyRecord[] {
    return this.#keys.list().map(({ record }) => record)
  }

  /** Not to be relied on: only the signers check that it is as it was sealed. */
  recordOf(label: string): KeyRecord {
    return this.#sealed(label).record
  }

  #sealed(label: string): SealedKey {
    const sealed = this.#keys.get(label)
    if (sealed !== undefined) return sealed
    throw new HsmError('KEY_NOT_FOUND', `expected a key "${expectLabel(label)}", got none`)
  }

  /** `names`: labels of the keys that the signer needs, first the one that the journal names. Throws HsmError. */
  perform<Name extends OperationName>(
    operation: Name,
    names: readonly string[],
    args: ArgsOf<Name>,
  ): Promise<ResultOf<Name>> {
    return this.#perform(operation, names, names[0] ?? '', args)
  }

  /** The same for what makes a key, which is kept when it was made. Throws KEY_EXISTS. */
  async make<Name extends OperationName>(
    operation: Name,
    names: readonly string[],
    args: ArgsOf<Name> & { key: { label: string } },
    sealedOf: (result: ResultOf<Name>) => SealedKey | null,
  ): Promise<ResultOf<Name>> {
    const label = args.key.label
    return this.#alone(label, async () => {
      this.#expectFree(label)
      const result = await this.#perform(operation, names, label, args)
      const sealed = sealedOf(result)
      if (sealed !== null) await this.#keys.put(sealed)
      return result
    })
  }

  /** A new version of a key, and the one before it under a label of its own. Throws KEY_EXISTS. */
  async renew(args: ArgsOf<'RenewKey'>): Promise<ResultOf<'RenewKey'>> {
    const { label } = args.key
    const before = expectLabel(`${label}/v${this.recordOf(label).version}`)
    const renew = async () => {
      this.#expectFree(before)
      const result = await this.perform('RenewKey', [label], args)
      // In this order a crash between them loses neither.
      await this.#keys.put(result.previous)
      await this.#keys.put(result.renewed)
      return result
    }
    return this.#alone(label, () => this.#alone(before, renew))
  }

  #expectFree(label: string): void {
    if (this.#keys.get(label) !== undefined)
      throw new HsmError('KEY_EXISTS', `expected no key "${label}", got one`)
  }

  /** One label at a time, or two requests could make the same. */
  async #alone<Result>(label: string, action: () => Promise<Result>): Promise<Result> {
    if (this.#making.has(label)) throw new HsmError('KEY_EXISTS', `expected no key "${label}", got one`)
    this.#making.add(label)
    try {
      return await action()
    } finally {
      this.#making.delete(label)
    }
  }

  async #perform<Name extends OperationName>(
    operation: Name,
    names: readonly string[],
    key: string,
    args: ArgsOf<Name>,
  ): Promise<ResultOf<Name>> {
    const started = performance.now()
    let token = ''
    try {
      const keys = names.map((name) => this.#sealed(name))
      const served = await this.#pool.submit({ operation, args } as HsmRequest, keys)
      token = served.token
      const { reply } = served
      if (reply.failure !== undefined) throw new HsmError(reply.failure.code, reply.failure.what)
      const { us, variant } = reply
      if (!this.#journal.silent)
        this.#record({ operation, key, us, result: wordFor(reply.result), variant, token })
      return reply.result as ResultOf<Name>
    } catch (error) {
      const us = Math.round((performance.now() - started) * 1000)
      const result = error instanceof HsmError ? error.code : String(error)
      this.#record({ operation, key, us, result, variant: null, token })
      throw error
    }
  }

  #record({ variant, ...done }: Done): void {
    const where = variant !== null && this.#places[variant].where === 'clear in signer'
    this.#journal.record({
      kind: 'hsm',
      ...done,
      mechanism: variant === null ? '' : MECHANISMS[variant],
      where: where ? 'clear in signer' : 'in token',
    })
  }
}

/** For the journal: the mechanisms of an operation. */
const MECHANISMS = Object.fromEntries(
  Object.entries(NEEDS).map(([variant, { features }]) => [
    variant,
    [...new Set(features.map((feature) => FEATURES[feature][0]))].join(', '),
  ]),
) as Record<Variant, string>

function wordFor(result: Extract<HsmReply, { failure?: never }>['result']): string {
  if (typeof result === 'boolean') return result ? 'match' : 'no match'
  return typeof result === 'object' && result !== null && 'reason' in result ? result.reason : 'done'
}
