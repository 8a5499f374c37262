import type { Clock } from '../../protocols/clock/clock.ts'
import { type CardConnection, type CardReader, CardRemovedError, ReaderError } from './reader.ts'

/** Whatever answers commands as a card does. An error that `transmit` throws is one of the card's code, not of the card. */
export interface LoopbackCard {
  readonly atr: Uint8Array
  /** One response APDU; null when the card leaves the field instead of answering. */
  transmit(command: Uint8Array): Uint8Array | null | Promise<Uint8Array | null>
  /** Warm reset: volatile state is lost. */
  reset(): void
}

/** A reader without hardware: commands are direct calls. It refuses as a PC/SC reader would, with the same errors. */
export class LoopbackReader implements CardReader {
  readonly name: string
  readonly #clock: Clock
  #slot: Slot | null = null
  readonly #waiting = new Set<() => void>()

  constructor(name: string, clock: Clock) {
    this.name = name
    this.#clock = clock
  }

  /** Puts a card in; throws {@link ReaderError} when there is one. */
  insert(card: LoopbackCard): void {
    if (this.#slot !== null)
      throw new ReaderError(`expected no card in "${this.name}", one is in it: remove it`)
    card.reset()
    this.#slot = { card, taken: false }
    for (const wake of this.#waiting) wake()
  }

  /** Takes the card out, also in the middle of a transaction; harmless without one. */
  remove(): void {
    this.#slot = null
  }

  async connect(timeoutMs: number): Promise<CardConnection> {
    if (this.#slot === null) await this.#wait(timeoutMs)
    const slot = this.#slot
    if (slot === null)
      throw new CardRemovedError(`expected a card in "${this.name}" within ${timeoutMs} ms, none came`)
    if (slot.taken)
      throw new ReaderError(
        `expected the card in "${this.name}" to be free, it is connected: disconnect first`,
      )
    slot.taken = true
    return this.#connection(slot)
  }

  #connection(slot: Slot): CardConnection {
    let open = true
    return {
      atr: slot.card.atr,
      transmit: async (command) => {
        if (open) return this.#exchange(slot, command)
        throw new ReaderError(`expected a connection to "${this.name}", it was disconnected: connect again`)
      },
      disconnect: async () => {
        if (open && this.#slot === slot) {
          slot.card.reset()
          slot.taken = false
        }
        open = false
      },
    }
  }

  async #exchange(slot: Slot, command: Uint8Array): Promise<Uint8Array> {
    const answer = this.#slot === slot ? await slot.card.transmit(command) : null
    if (answer === null && this.#slot === slot) this.remove()
    if (answer === null || this.#slot !== slot)
      throw new CardRemovedError(`expected an answer of the card in "${this.name}", the card was gone`)
    return answer
  }

  #wait(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        timer.cancel()
        this.#waiting.delete(done)
        resolve()
      }
      const timer = this.#clock.after(timeoutMs, done)
      this.#waiting.add(done)
    })
  }
}

/** A card that lies in the reader: another one when the same card is put in again. */
interface Slot {
  card: LoopbackCard
  taken: boolean
}
