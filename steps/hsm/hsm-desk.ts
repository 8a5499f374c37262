import assert from 'node:assert/strict'
import type { TokenAccess } from '../../hardware/hsm/access.ts'
import type { VerifyArqcAndGenerateArpc } from '../../hardware/hsm/cards.ts'
import { HsmError } from '../../hardware/hsm/error.ts'
import { ALGORITHMS, familyOf, type SecretAlgorithm } from '../../hardware/hsm/hierarchy/algorithms.ts'
import type { KeyUsage } from '../../hardware/hsm/hierarchy/usages.ts'
import { type Hsm, type HsmOptions, type KeyTerms, openHsm } from '../../hardware/hsm/hsm.ts'
import type { KeyRecord, SealedKey } from '../../hardware/hsm/keys/sealed-key.ts'
import type { PinAccount } from '../../hardware/hsm/pins.ts'
import type { RemovableToken } from '../../hardware/hsm/test-support/removable-token.ts'
import { ManualClock } from '../../protocols/clock/manual-clock.ts'
import { withOddParity } from '../../protocols/mac/parity.ts'
import type { Bench } from '../bench/bench.ts'
import { ofText } from '../bench/secrets.ts'
import { seededRandom } from '../emv/seeded-random.ts'
import { type HsmPlace, hsmRoom } from './hsm-room.ts'
import { type ModuleName, newToken } from './modules.ts'
import { SECURITY_OFFICER_PIN, type TokenPair } from './token-pair.ts'

/** What an operation gave. */
export type Answer = Uint8Array | string | boolean | null

/** Of a scenario, what the desk works with. */
interface Hands {
  readonly bench: Bench
  readonly undo: (() => Promise<void> | void)[]
}

/** What may be different in an HSM of a scenario's own. */
export type OwnOptions = Partial<
  Pick<
    HsmOptions,
    'token' | 'twins' | 'signers' | 'clearAllowed' | 'queueAtMost' | 'waitAtMostMs' | 'recycleAtBytes'
  >
>

/** The scenario's hands on a payment HSM: what was asked, what software says to it, and what came back or was refused. */
export class HsmDesk {
  /** Values of the keys that came in the clear, to compute the same in software. */
  readonly values = new Map<string, Uint8Array>()
  /** Of HSMs of the scenario's own; stands still. */
  readonly clock = new ManualClock()
  readonly random = seededRandom('payment HSM')
  answer: Answer = null
  /** What software computes for the last question; null when it cannot. */
  expected: Answer = null
  /** What PINs are held against, and the offset or PVV that is kept. */
  account: { readonly account: PinAccount; value: string; readonly pan: string } | null = null
  /** What the card of a scheme showed its issuer, and the answer that software gives. */
  card: { readonly shown: VerifyArqcAndGenerateArpc; readonly arpc: Uint8Array } | null = null
  /** A token that has not joined yet. */
  spare: RemovableToken | null = null
  /** A key block that left, or came. */
  block: string | null = null
  readonly #hands: Hands
  #place: HsmPlace | null = null
  #hsm: Hsm | null = null
  #refusal: HsmError | null = null

  constructor(hands: Hands) {
    this.#hands = hands
  }

  get hsm(): Hsm {
    return need(this.#hsm, 'a payment HSM')
  }

  get place(): HsmPlace {
    return need(this.#place, 'a payment HSM')
  }

  /** The HSM that scenarios share, with the keys of nobody. */
  async enter(module: ModuleName): Promise<void> {
    const { bench, undo } = this.#hands
    this.#place = await hsmRoom.at(module, bench.journal)
    this.#place.keys.clear()
    this.#hsm = this.#place.hsm
    bench.secrets.push(ofText('PIN of a token', this.#place.access.pin))
    undo.push(() => this.#expectNoRefusal())
  }

  /** An HSM of the scenario's own in place of the shared one, on the same token unless it gets another. */
  async openOwn(options: OwnOptions = {}): Promise<void> {
    const { access, keys } = this.place
    const { bench, undo } = this.#hands
    const { clock } = this
    const hsm = await openHsm({ token: access, keys, signers: 1, journal: bench.journal, clock, ...options })
    undo.push(() => hsm.close())
    this.#hsm = hsm
  }

  /** An HSM of the scenario's own on the two tokens of {@link HsmRoom.pair}, both plugged in. */
  async openPair(more: OwnOptions = {}): Promise<void> {
    const [token, ...twins] = await this.pair()
    await this.openOwn({ token, twins, ...more })
  }

  /** Two tokens with the same master keys that can be pulled out; at the end of the scenario both are there again. */
  async pair(): Promise<TokenPair> {
    const { bench, undo } = this.#hands
    const tokens = await hsmRoom.pair()
    bench.secrets.push(ofText('PIN of security officers', SECURITY_OFFICER_PIN))
    for (const { pin } of tokens) bench.secrets.push(ofText('PIN of a token', pin))
    undo.push(async () => {
      for (const token of tokens) await token.plugIn()
    })
    return tokens
  }

  /** Another token of the same module, for this scenario alone. */
  newToken(module: ModuleName, options?: { provision: boolean }): Promise<TokenAccess> {
    return newToken(module, this.place.directory, this.#hands.undo, options)
  }

  /** A key whose value only this scenario knows, unless it gives a published one. */
  async importKey(
    label: string,
    usage: KeyUsage,
    algorithm: SecretAlgorithm,
    { value = this.newValue(algorithm), ...more }: KeyTerms & { kcv?: string; value?: Uint8Array } = {},
  ): Promise<void> {
    this.know(label, value)
    await this.hsm.importKey({ label, usage, algorithm, value, ...more })
  }

  /** Reports are searched for it. */
  know(label: string, value: Uint8Array): void {
    this.values.set(label, value)
    this.#hands.bench.secrets.push({ name: `key "${label}"`, bytes: value })
  }

  /** Random, of odd parity where that is wanted. */
  newValue(algorithm: SecretAlgorithm): Uint8Array {
    const random = this.random(ALGORITHMS[algorithm].bytes)
    return familyOf(algorithm) === 'tdes' ? withOddParity(random) : random
  }

  async generateKey(
    label: string,
    usage: KeyUsage,
    algorithm: SecretAlgorithm,
    terms: KeyTerms = {},
  ): Promise<void> {
    await this.hsm.generateKey({ label, usage, algorithm, ...terms })
  }

  value(label: string): Uint8Array {
    return need(this.values.get(label) ?? null, `a known key "${label}"`)
  }

  sealed(label: string): SealedKey {
    return need(this.place.keys.get(label) ?? null, `a key "${label}"`)
  }

  record(label: string): KeyRecord {
    return this.sealed(label).record
  }

  /** Somebody who is not the HSM writes to where the sealed keys lie. */
  async meddle(label: string, change: (key: SealedKey) => SealedKey): Promise<void> {
    await this.place.keys.put(change(this.sealed(label)))
  }

  /** Asks something that the HSM may refuse; a refusal that no step of the scenario looks at fails it. */
  async ask(question: () => Promise<Answer>): Promise<void> {
    this.#expectNoRefusal()
    this.answer = null
    try {
      this.answer = await question()
    } catch (error) {
      if (!(error instanceof HsmError)) throw error
      this.#refusal = error
    }
  }

  /** The refusal of the last question. Throws when there is none. */
  takeRefusal(): HsmError {
    const refusal = this.#refusal
    this.#refusal = null
    return need(refusal, 'a refusal')
  }

  takeAnswer(): Answer {
    this.#expectNoRefusal()
    return this.answer
  }

  /** Process id of the only signer. */
  get signerPid(): number {
    const [pid, ...others] = this.hsm.pids
    assert.ok(pid !== undefined && others.length === 0, 'expected one signer')
    return pid
  }

  #expectNoRefusal(): void {
    const refusal = this.#refusal
    this.#refusal = null
    if (refusal !== null) throw refusal
  }
}

function need<Thing>(thing: Thing | null, what: string): Thing {
  if (thing === null) throw new Error(`expected a step before this one to make ${what}`)
  return thing
}
