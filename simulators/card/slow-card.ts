import type { Clock } from '../../protocols/clock/clock.ts'
import { FaultyCard } from './faulty-card.ts'
import type { CardImage } from './image.ts'

/** A card whose every answer comes late by `faults.delayMs` of the image. */
export class SlowCard {
  readonly #card: FaultyCard
  readonly #clock: Clock
  readonly #delayMs: number

  constructor(image: CardImage, clock: Clock, delayMs: number) {
    this.#card = new FaultyCard(image)
    this.#clock = clock
    this.#delayMs = delayMs
  }

  get atr(): Uint8Array {
    return this.#card.atr
  }

  get atc(): number {
    return this.#card.atc
  }

  transmit(command: Uint8Array): Promise<Uint8Array | null> {
    const answer = this.#card.transmit(command)
    return new Promise((resolve) => this.#clock.after(this.#delayMs, () => resolve(answer)))
  }

  reset(): void {
    this.#card.reset()
  }
}

/** The card of an image, slow where it is to be. */
export function cardOf(image: CardImage, clock: Clock): FaultyCard | SlowCard {
  const { delayMs } = image.faults
  return delayMs === undefined ? new FaultyCard(image) : new SlowCard(image, clock, delayMs)
}
