import { toHex } from '../../../protocols/bytes/bytes.ts'

/** The hexadecimal digits of an APDU while it is cleaned: which of them are no longer the card's own. */
export class Digits {
  readonly #digits: string[]
  readonly #ours: boolean[]

  constructor(bytes: Uint8Array) {
    this.#digits = [...toHex(bytes)]
    this.#ours = this.#digits.map(() => false)
  }

  get text(): string {
    return this.#digits.join('')
  }

  /** Puts `digits` at `start`; they count as harmless from now on. */
  put(start: number, digits: string): void {
    for (const [index, digit] of [...digits].entries()) {
      this.#digits[start + index] = digit
      this.#ours[start + index] = true
    }
  }

  /** Puts `replacement`, of the same length, wherever `digits` stand. */
  replaceAll(digits: string, replacement: string): void {
    for (let at = this.text.indexOf(digits); at >= 0; at = this.text.indexOf(digits, at + digits.length))
      this.put(at, replacement)
  }

  /** Zeros where `mask` has `*` and the digit is still the card's own. Returns where something changed. */
  blank(mask: string): number[] {
    const changed: number[] = []
    for (const [index, digit] of this.#digits.entries()) {
      if (mask[index] !== '*' || this.#ours[index] === true) continue
      if (digit !== '0') changed.push(index)
      this.#digits[index] = '0'
    }
    return changed
  }
}
