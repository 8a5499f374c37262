import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Hsm, openHsm } from '../../../hardware/hsm/hsm.ts'
import { createPrivateToken, type Token } from '../../../hardware/hsm/token.ts'
import { silentJournal } from '../../../protocols/journal/journal.ts'
import { machineRandom } from '../../common/machine-random.ts'
import type { CardKeys } from '../cards/card-keys.ts'
import { HsmPins } from '../cards/hsm-pins.ts'
import { makePinKeys, PIN_KEYS } from '../cards/pin-keys.ts'

/** The HSM on a token of its own, with a step before each check of a cryptogram: there a test waits, counts, or breaks it. */
export class CardHsm implements CardKeys {
  /** How many cryptograms were checked. */
  checks = 0
  before: () => Promise<void> = async () => {}
  readonly #directory: string
  readonly #token: Token
  readonly #hsm: Hsm
  /** With keys for PINs when they were asked for. */
  readonly pins: HsmPins

  private constructor(directory: string, token: Token, hsm: Hsm) {
    this.#directory = directory
    this.#token = token
    this.#hsm = hsm
    this.pins = new HsmPins(hsm, PIN_KEYS, machineRandom)
  }

  get hsm(): Hsm {
    return this.#hsm
  }

  /** `transportKey`, 16 bytes, gets the label `transport`; `mailerKey`, 16 bytes: of PIN letters. */
  static async open(transportKey: Uint8Array, mailerKey?: Uint8Array): Promise<CardHsm> {
    const directory = await mkdtemp(join(tmpdir(), 'customer-ase-'))
    const token = await createPrivateToken({ directory })
    const hsm = await openHsm({ token, signers: 1, clearAllowed: true, journal: silentJournal })
    await hsm.interledger.importTransportKey('transport', transportKey)
    if (mailerKey !== undefined) await makePinKeys(hsm, mailerKey)
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
