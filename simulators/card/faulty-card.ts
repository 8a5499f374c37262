import { concat, fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { Card } from './card.ts'
import type { ANSWER_FAULTS, Faults } from './faults.ts'
import type { CardImage } from './image.ts'
import type { Random } from './state.ts'

const OVERSIZED = 300

type Spoil = (data: Uint8Array) => Uint8Array
type Fault = NonNullable<Faults['answers']>[string]

const SPOILERS: Record<(typeof ANSWER_FAULTS)[number], Spoil> = {
  empty: () => new Uint8Array(),
  oversized: (data) => concat(data, new Uint8Array(Math.max(0, OVERSIZED - data.length))),
  malformed: (data) => data.subarray(0, -1),
}

/** A card in the field of a reader: the applet, and the faults of the wire and of what it answers. */
export class FaultyCard {
  readonly atr: Uint8Array
  readonly #card: Card
  readonly #faults: Faults
  /** Longest first. */
  readonly #answers: readonly [command: string, Fault][]
  #commands = 0
  #hasLeft = false

  /** `random`: as of {@link Card}. */
  constructor(image: CardImage, random?: Random) {
    this.#card = new Card(image, random)
    this.#faults = image.faults
    this.#answers = Object.entries(image.faults.answers ?? {}).sort(([a], [b]) => b.length - a.length)
    this.atr = this.#card.atr
  }

  get atc(): number {
    return this.#card.atc
  }

  /** One response APDU, or null when the card leaves the field instead of answering. */
  transmit(command: Uint8Array): Uint8Array | null {
    this.#commands++
    if (this.#commands === this.#faults.tearBefore) return null
    const answer = this.#card.transmit(command)
    const ins = toHex(command.subarray(1, 2))
    if (ins === this.#faults.tearInside && !this.#hasLeft) {
      this.#hasLeft = true
      return null
    }
    const [, fault] = this.#answers.find(([key]) => concerns(key, ins, command)) ?? []
    return spoil(answer, fault)
  }

  reset(): void {
    this.#card.reset()
  }
}

function concerns(key: string, ins: string, command: Uint8Array): boolean {
  return key.length === ins.length ? key === ins : toHex(command).startsWith(key)
}

function spoil(answer: Uint8Array, fault: Fault | undefined): Uint8Array {
  if (fault === undefined) return answer
  if (typeof fault === 'object') return fromHex(fault.raw)
  return concat(SPOILERS[fault](answer.subarray(0, -2)), answer.subarray(-2))
}
