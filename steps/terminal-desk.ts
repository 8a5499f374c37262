import { generateKeyPairSync } from 'node:crypto'
import type { Clock } from '../protocols/clock/clock.ts'
import type { JournalEntry } from '../protocols/journal/journal.ts'
import type { Faults } from '../simulators/card/faults.ts'
import type { CardProfile } from '../simulators/card/profile.ts'
import { personaliseTestCard } from '../simulators/card/test-card.ts'
import { HttpClient } from '../simulators/common/http-client.ts'
import type { EmvRequest } from '../simulators/pos/kernel-phase.ts'
import type { TerminalProfile } from '../simulators/pos/profile.ts'
import type { TapResult } from '../simulators/pos/tap-result.ts'
import { Terminal } from '../simulators/pos/terminal.ts'
import type { Bench } from './bench/bench.ts'
import type { Money } from './bench/money.ts'
import { type Random, seededRandom } from './emv/seeded-random.ts'
import { TestCardholder } from './emv/test-cardholder.ts'
import { APPROVES, type IssuerOrder, type OnlineMessage, testIssuer } from './emv/test-issuer.ts'
import type { ScenarioJournal } from './scenario-journal.ts'

/** One transaction as a scenario asks for it. */
export type TransactionOrder = Money & EmvRequest['transaction']

/** Of a scenario, what the desk works with. */
export interface Hands {
  readonly bench: Bench
  readonly journal: ScenarioJournal
  /** Undone in reverse order when the scenario has ended. */
  readonly undo: (() => Promise<void> | void)[]
}

const TODAY = Date.UTC(2026, 10, 21, 9, 8, 7)
/** Of cards that have no offline PIN: what their issuer knows. */
const ONLINE_PIN = '1234'
// Port 9, discard: a kernel's transaction ends without the POS API.
const NOWHERE = 'http://127.0.0.1:9'
const TIMEOUTS = { card: 2_000 }

/** The scenario's hands on a terminal with an EMV kernel: the card, who stands before it, the issuer behind it, and what came of it. */
export class TerminalDesk {
  readonly cardholder = new TestCardholder()
  issuer: IssuerOrder = APPROVES
  /** What the issuer was told in the last transaction. */
  readonly messages: OnlineMessage[] = []
  /** Last ATC of the card when it comes. */
  atc = 0
  /** Milliseconds since 1970; the terminal's clock stands still. */
  now = TODAY
  random: Random = seededRandom('tapbench')
  /** By which the relay resistance protocol is timed, microseconds: stands still, whatever the machine does. */
  nowUs = (): number => 0
  /** What is wrong with the card when it comes, beside what its profile has. */
  faults: Faults = {}
  readonly #world: Hands
  #card: CardProfile | null = null
  #profile: TerminalProfile | null = null
  #terminal: Terminal | null = null
  #isInserted = false
  #since = 0

  constructor(world: Hands) {
    this.#world = world
  }

  get card(): CardProfile {
    return need(this.#card, 'a card')
  }

  /** Another card; it is put in when the next transaction begins, and stays in. */
  set card(profile: CardProfile) {
    this.#card = profile
    this.#isInserted = false
  }

  get terminal(): TerminalProfile {
    return need(this.#profile, 'a terminal')
  }

  /** Another terminal. */
  set terminal(profile: TerminalProfile) {
    this.#profile = profile
    this.#terminal = null
  }

  /** What the journal got since the last transaction began. */
  get entries(): readonly JournalEntry[] {
    return this.#world.journal.entries.slice(this.#since)
  }

  /** Details that the terminal noted under a step of the last transaction. */
  notes(step: string): string[] {
    return this.entries.flatMap((entry) =>
      entry.kind === 'terminal' && entry.step === step ? [entry.detail] : [],
    )
  }

  /** Lets the terminal do a transaction with the card. */
  async transact({
    value: amount,
    currency,
    scale: _,
    ...transaction
  }: TransactionOrder): Promise<TapResult> {
    const { bench, journal } = this.#world
    this.#terminal ??= this.#newTerminal()
    if (!this.#isInserted)
      await bench.slot.insert(personaliseTestCard(this.card, { atc: this.atc, faults: this.faults }))
    this.#isInserted = true
    this.#since = journal.entries.length
    this.messages.length = 0
    const emv = { ...this.#people(), transaction }
    return this.#terminal.tap({ reader: bench.slot.reader, amount, currency, emv })
  }

  #people(): Pick<EmvRequest, 'online' | 'cardholder'> {
    const { testKeys, holder, applications } = this.card
    const pin = applications.find((application) => application.pin !== undefined)?.pin?.value ?? ONLINE_PIN
    const cardholder = this.cardholder.at({ pin, pan: holder.pan ?? '' })
    if (testKeys === undefined) return { cardholder }
    return { cardholder, online: testIssuer({ keys: testKeys, pin }, this.issuer, this.messages) }
  }

  #newTerminal(): Terminal {
    const { bench, undo } = this.#world
    const { clock, journal } = bench
    const stopped: Clock = {
      now: () => this.now,
      after: (milliseconds, action) => clock.after(milliseconds, action),
    }
    const http = new HttpClient({ from: 'pos', clock: stopped, journal })
    undo.push(() => http.close())
    return new Terminal({
      profile: this.terminal,
      key: generateKeyPairSync('ed25519').privateKey,
      posApiUrl: NOWHERE,
      clock: stopped,
      random: (length) => this.random(length),
      journal,
      http,
      timeouts: TIMEOUTS,
      nowUs: () => this.nowUs(),
    })
  }
}

function need<Thing>(thing: Thing | null, what: string): Thing {
  if (thing === null) throw new Error(`expected a step before this one to make ${what}`)
  return thing
}
