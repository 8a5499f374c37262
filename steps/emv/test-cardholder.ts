import type { Cardholder, OnlinePinEntry, PinEntry } from '../../simulators/pos/emv/cardholder.ts'
import { encipheredPin } from './pin-pad.ts'

/** What a cardholder can do when a PIN is wanted. */
export const PIN_ACTS = ['the right PIN', 'a wrong PIN', 'the new PIN', 'no PIN'] as const
export type PinAct = (typeof PIN_ACTS)[number]

/** What the cardholder knows. */
export interface Knowledge {
  pin: string
  pan: string
}

/** Whoever stands before the terminal of a scenario. */
export class TestCardholder {
  /** In their order; the last is repeated. None: the PIN pad does not work. */
  acts: readonly PinAct[] = []
  /** Which of the applications is chosen, from 0; null: cancels. */
  choice: number | null = 0
  /** Labels of what was offered. */
  readonly offered: string[][] = []
  #asked = 0

  /** The same person before the next transaction. */
  at({ pin, pan }: Knowledge): Cardholder {
    this.#asked = 0
    return {
      choose: async (choices) => {
        this.offered.push(choices.map(({ label }) => label))
        return this.choice
      },
      offlinePin: async () => this.#act<PinEntry>(pin, (entered) => ({ kind: 'entered', pin: entered })),
      onlinePin: async () =>
        this.#act<OnlinePinEntry>(pin, (entered) => ({
          kind: 'entered',
          pinData: encipheredPin(entered, pan),
        })),
    }
  }

  #act<Entry>(
    pin: string,
    enter: (pin: string) => Entry,
  ): Entry | { kind: 'bypassed' } | { kind: 'not working' } {
    const act = this.acts[Math.min(this.#asked, this.acts.length - 1)]
    this.#asked++
    if (act === undefined) return { kind: 'not working' }
    if (act === 'no PIN') return { kind: 'bypassed' }
    return enter(act === 'the right PIN' ? pin : otherPin(pin))
  }
}

/** As long, and different in every digit: a wrong PIN, and the one that PIN CHANGE makes the right one. */
export function otherPin(pin: string): string {
  return pin.replace(/\d/g, (digit) => String((Number(digit) + 1) % 10))
}
