import type { InterledgerPayload } from '../../../protocols/interledger/payload.ts'
import type { IssuerPins, PinCheck } from '../cards/issuer-pins.ts'
import type { PayerCard } from './payer.ts'

/** Asks the HSM whether a PIN block holds the card's PIN; each card once, however often a decision is made anew. */
export class PinVerification {
  readonly #pins: () => Promise<IssuerPins>
  readonly #block: Uint8Array | null
  readonly #answers = new Map<string, Promise<PinCheck | null>>()

  constructor(pins: () => Promise<IssuerPins>, { pinData }: InterledgerPayload) {
    this.#pins = pins
    this.#block = pinData
  }

  /** Null when there is nothing to verify: no PIN came, the card has none, no try is left, or the card is not `genuine`. */
  of(card: PayerCard, genuine: Promise<boolean>): Promise<PinCheck | null> {
    if (card.pin?.tries === 0) return Promise.resolve(null)
    const answer = this.#answers.get(card.id) ?? this.#ask(card, genuine)
    this.#answers.set(card.id, answer)
    return answer
  }

  async #ask({ pin }: PayerCard, genuine: Promise<boolean>): Promise<PinCheck | null> {
    return pin === null || this.#block === null
      ? null
      : (await this.#pins()).verify(pin, this.#block, genuine)
  }
}
