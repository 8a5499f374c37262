import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Hsm, openHsm } from '../../../hardware/hsm/hsm.ts'
import { createPrivateToken, type Token } from '../../../hardware/hsm/token.ts'
import { silentJournal } from '../../../protocols/journal/journal.ts'
import type { CardKeys } from '../cards/card-keys.ts'

/** The HSM on a token of its own, with a step before each check of a cryptogram: there a test waits, counts, or breaks it. */
export class CardHsm implements CardKeys {
  /** How many cryptograms were checked. */
  checks = 0
  before: () => Promise<void> = async () => {}
  readonly #directory: string
  readonly #token: Token
  readonly #hsm: Hsm

  private constructor(directory: string, token: Token, hsm: Hsm) {
    this.#directory = directory
    this.#token = token
    this.#hsm = hsm
  }

  /** `transportKey`, 16 bytes, gets the label `transport`. */
  static async open(transportKey: Uint8Array): Promise<CardHsm> {
    const directory = await mkdtemp(join(tmpdir(), 'customer-ase-'))
    const token = await createPrivateToken({ directory })
    const hsm = await openHsm({ token, signers: 1, journal: silentJournal })
    await hsm.interledger.importTransportKey('transport', transportKey)
    return new CardHsm(directory, token, hsm)
  }

  generateCardKey(request: Parameters<CardKeys['generateCardKey']>[0]) {
    return this.#hsm.interledger.generateCardKey(request)
  }

  async verifyArqc(request: Parameters<CardKeys['verifyArqc']>[0]): Promise<boolean> {
    this.checks += 1
    await this.before()
    return this.#hsm.interledger.verifyArqc(request)
  }

  async close(): Promise<void> {
    await this.#hsm.close()
    await this.#token.close()
    await rm(this.#directory, { recursive: true })
  }
}
