import { toHex } from '../../../protocols/bytes/bytes.ts'
import { describeBits } from '../../../protocols/emv/bits.ts'
import type { Journal } from '../../../protocols/journal/journal.ts'

/** Where a bit is: byte (from 1) and bit (8 is the highest), as the specification counts: `1.8`. */
export type BitPlace = `${number}.${number}`

/** What tells TVR and TSI from each other. */
export interface StatusLayout<Bit extends string> {
  tag: string
  /** As the journal calls it. */
  name: string
  length: number
  places: Readonly<Record<Bit, BitPlace>>
}

/** A status of named bits that a terminal sets as it goes; the journal sees every change. */
export class StatusBits<Bit extends string> {
  /** The live value: put into a `DataStore`, it stays up to date. */
  readonly bytes: Uint8Array
  readonly #layout: StatusLayout<Bit>
  readonly #journal: Journal

  constructor(layout: StatusLayout<Bit>, journal: Journal) {
    this.#layout = layout
    this.#journal = journal
    this.bytes = new Uint8Array(layout.length)
  }

  /** Upper-case hexadecimal. */
  get hex(): string {
    return toHex(this.bytes)
  }

  has(bit: Bit): boolean {
    const { index, mask } = this.#at(bit)
    return ((this.bytes[index] ?? 0) & mask) !== 0
  }

  set(bit: Bit): void {
    this.#change(bit, true)
  }

  clear(bit: Bit): void {
    this.#change(bit, false)
  }

  #change(bit: Bit, on: boolean): void {
    if (this.has(bit) === on) return
    const { index, mask } = this.#at(bit)
    this.bytes[index] = (this.bytes[index] ?? 0) ^ mask
    const { name, places } = this.#layout
    const detail = `${places[bit]} ${on ? 'set' : 'cleared'}: ${this.#words(index, mask)} (${this.hex})`
    this.#journal.record({ kind: 'terminal', step: name, detail })
  }

  #words(index: number, mask: number): string {
    const single = new Uint8Array(this.#layout.length)
    single[index] = mask
    return describeBits(this.#layout.tag, single) ?? toHex(single)
  }

  #at(bit: Bit): { index: number; mask: number } {
    const [byte = 1, place = 1] = this.#layout.places[bit].split('.').map(Number)
    return { index: byte - 1, mask: 1 << (place - 1) }
  }
}
