import { setWorldConstructor, World } from '@cucumber/cucumber'
import { APPROVED, type Outcome } from '../protocols/outcome/outcome.ts'
import type { Faults } from '../simulators/card/faults.ts'
import type { HttpAnswer } from '../simulators/common/http-client.ts'
import type { PinEntry } from '../simulators/pos/emv/cardholder.ts'
import type { Tamper } from '../simulators/pos/tamper.ts'
import type { TapResult } from '../simulators/pos/tap-result.ts'
import type { Terminal } from '../simulators/pos/terminal.ts'
import type { Bench, IssuedCard, Shop } from './bench/bench.ts'
import type { Holder } from './bench/holder.ts'
import type { Side } from './bench/plan.ts'
import { CardDesk } from './card/card-desk.ts'
import { HsmDesk } from './hsm/hsm-desk.ts'
import { RafikiDesk } from './rafiki/rafiki-desk.ts'
import { ScenarioJournal } from './scenario-journal.ts'
import { TerminalDesk } from './terminal-desk.ts'

/** One scenario's hands on the bench: who stands before it, with which card, and what the terminal has shown. */
export class TapWorld extends World {
  readonly journal = new ScenarioJournal()
  readonly taps: TapResult[] = []
  /** What every tap of this scenario does differently. */
  readonly tamper: Tamper = {}
  /** Undone in reverse order when the scenario has ended. */
  readonly undo: (() => Promise<void> | void)[] = []
  /** A card alone, command by command. */
  readonly cardDesk: CardDesk = new CardDesk(() => this.bench)
  readonly hsmDesk: HsmDesk = new HsmDesk(this)
  /** What the cardholder does when a terminal asks for a PIN. */
  pinEntry: PinEntry = { kind: 'bypassed' }
  /** Another terminal that says it is the shop's. */
  copy: Terminal | null = null
  readonly rafikiDesk: RafikiDesk = new RafikiDesk(this)
  outcome: Outcome | null = null
  /** Of several requests at once. */
  outcomes: readonly Outcome[] = []
  /** What the merchant ASE last told the terminal after a payment; null when it told nothing. */
  told: Record<string, unknown> | null = null
  refund: { id: string; paymentId: string; value: bigint } | null = null
  /** The scenario's name. */
  scenario = ''
  /** Whether a weakness of the stack under test fails the scenario. */
  isStrict = false
  /** Whether the stack under test has shown a known weakness. */
  hasWeakness = false
  /** A tap that has begun and may not have ended. */
  underWay: Promise<void> | null = null
  /** Milliseconds since 1970 by the machine's clock, which is also that of containers. */
  startedAt = 0
  /** To what this scenario has posted by itself. */
  answer: HttpAnswer | null = null
  /** Whose ASE that was for, when it was for one. */
  answeredBy: Side | null = null
  #bench: Bench | null = null
  #holder: Holder | null = null
  #somebodyElse: Holder | null = null
  #card: IssuedCard | null = null
  #shop: Shop | null = null
  #inserted: IssuedCard | null = null
  #terminalDesk: TerminalDesk | null = null

  get bench(): Bench {
    return need(this.#bench, 'a bench')
  }

  set bench(bench: Bench) {
    this.#bench = bench
  }

  get holder(): Holder {
    return need(this.#holder, 'a cardholder')
  }

  set holder(holder: Holder) {
    this.#holder = holder
  }

  get somebodyElse(): Holder {
    return need(this.#somebodyElse, 'somebody else')
  }

  set somebodyElse(holder: Holder) {
    this.#somebodyElse = holder
  }

  get card(): IssuedCard {
    return need(this.#card, 'a card')
  }

  set card(card: IssuedCard) {
    this.#card = card
  }

  get shop(): Shop {
    return need(this.#shop, 'a merchant')
  }

  set shop(shop: Shop) {
    this.#shop = shop
  }

  get terminalDesk(): TerminalDesk {
    this.#terminalDesk ??= new TerminalDesk(this)
    return this.#terminalDesk
  }

  get lastTap(): TapResult {
    return need(this.taps.at(-1) ?? null, 'a tap')
  }

  /** A card for the cardholder; replaces the one the scenario had. */
  async giveCard(
    profile: string,
    order: { limit?: bigint; faults?: Faults; pinDigits?: number; abroad?: boolean } = {},
  ): Promise<void> {
    this.card = await this.bench.issueCard(this.holder, { profile, ...order })
  }

  /** Puts the cardholder's card before the terminal and lets it ask for the money. */
  async tap(amount: bigint, currency: string, tamper: Tamper = {}): Promise<void> {
    await this.#present()
    const request = {
      reader: this.bench.slot.reader,
      amount,
      currency,
      tamper: { ...this.tamper, ...tamper },
      pinPad: async () => this.pinEntry,
    }
    this.see(await this.shop.terminal.tap(request))
  }

  /** What a terminal shows at the end of a tap. */
  see(result: TapResult): void {
    this.taps.push(result)
    this.outcome = result.outcome
    this.log(`the terminal shows: ${said(result.outcome)}`)
  }

  async #present(): Promise<void> {
    if (this.#inserted === this.card) return
    await this.bench.slot.insert(this.card.image)
    this.#inserted = this.card
  }
}

function need<Thing>(thing: Thing | null, what: string): Thing {
  if (thing === null) throw new Error(`expected a step before this one to make ${what}`)
  return thing
}

/** What the terminal shows, in a line. */
export function said({ word, reason }: Outcome): string {
  return reason === null ? APPROVED.word : `${word}: ${reason}`
}

setWorldConstructor(TapWorld)
