import type { TokenAccess } from '../../hardware/hsm/access.ts'
import type { MatrixColumn } from '../../hardware/hsm/capabilities/matrix.ts'
import { placements } from '../../hardware/hsm/capabilities/placement.ts'
import { type Hsm, openHsm } from '../../hardware/hsm/hsm.ts'
import type { Journal } from '../../protocols/journal/journal.ts'
import { type Closer, closeAll, closing, openClosers } from '../bench/closer.ts'
import { temporaryFolder } from '../bench/folder.ts'
import { type ModuleName, newToken } from './modules.ts'
import { ScenarioKeys } from './scenario-keys.ts'
import { makePair, type TokenPair } from './token-pair.ts'

/** A token with the HSM on it that scenarios share. */
export interface HsmPlace {
  readonly access: TokenAccess
  readonly keys: ScenarioKeys
  readonly hsm: Hsm
  /** For tokens of single scenarios. */
  readonly directory: string
}

/** The HSMs that the scenarios of a run share, one a module, started with the first scenario that needs it: a token takes 0.3 s. */
export class HsmRoom {
  readonly #places = new Map<ModuleName, Promise<HsmPlace>>()
  #closers: Closer[] | null = null
  #pair: Promise<TokenPair> | null = null

  /** `journal`: what the HSM writes to as long as it lives. */
  at(module: ModuleName, journal: Journal): Promise<HsmPlace> {
    const place = this.#places.get(module) ?? this.#furnish(module, journal)
    this.#places.set(module, place)
    return place
  }

  /** Which operations the tokens that were needed so far do where. */
  async matrix(): Promise<MatrixColumn[]> {
    const columns = [...this.#places].map(async ([module, place]) => ({
      title: `${module}, of scenarios`,
      operations: placements((await place).hsm.capabilities, true),
    }))
    // What did not open, its own scenario says.
    const settled = await Promise.allSettled(columns)
    return settled.flatMap((column) => (column.status === 'fulfilled' ? [column.value] : []))
  }

  /** Two tokens of SoftHSM2 that share their master keys. */
  pair(): Promise<TokenPair> {
    this.#pair ??= this.#makePair()
    return this.#pair
  }

  async close(): Promise<void> {
    this.#places.clear()
    this.#pair = null
    if (this.#closers !== null) await closeAll(this.#closers)
    this.#closers = null
  }

  async #makePair(): Promise<TokenPair> {
    this.#closers ??= openClosers()
    const { path } = await closing(this.#closers, temporaryFolder())
    return makePair(path)
  }

  async #furnish(module: ModuleName, journal: Journal): Promise<HsmPlace> {
    this.#closers ??= openClosers()
    const { path: directory } = await closing(this.#closers, temporaryFolder())
    const access = await newToken(module, directory, this.#closers)
    const keys = new ScenarioKeys()
    const options = { token: access, keys, journal, clearAllowed: true }
    const hsm = await closing(this.#closers, openHsm(options))
    return { access, keys, hsm, directory }
  }
}

export const hsmRoom = new HsmRoom()
