import { concat, fromHex } from '../../protocols/bytes/bytes.ts'
import { Card } from './card.ts'
import type { ANSWER_FAULTS, Faults } from './faults.ts'
import type { CardImage } from './image.ts'

const OVERSIZED = 300

type Spoil = (data: Uint8Array) => Uint8Array

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
  #commands = 0

  constructor(image: CardImage) {
    this.#card = new Card(image)
    this.#faults = image.faults
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
    const ins = hexByte(command[1] ?? 0)
    return ins === this.#faults.tearInside ? null : spoil(answer, this.#faults.answers?.[ins])
  }

  reset(): void {
    this.#card.reset()
  }
}

function spoil(answer: Uint8Array, fault: NonNullable<Faults['answers']>[string] | undefined): Uint8Array {
  if (fault === undefined) return answer
  if (typeof fault === 'object') return fromHex(fault.raw)
  return concat(SPOILERS[fault](answer.subarray(0, -2)), answer.subarray(-2))
}

function hexByte(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0')
}
