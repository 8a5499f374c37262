import { tagName } from '../../../protocols/emv/tags.ts'
import { buildDol, type DolEntry } from '../../../protocols/tlv/dol.ts'
import type { Tlv } from '../../../protocols/tlv/tlv.ts'
import { CardDataError } from '../step.ts'

/**
 * The data objects of one transaction, by tag (upper-case hexadecimal). What the terminal knows goes before what the card says, so that no
 * card can replace the terminal's own objects (EMV 4.4 Book 3, 7.3 and Annex A: each object has one source).
 */
export class DataStore {
  readonly #terminal = new Map<string, Uint8Array>()
  readonly #card = new Map<string, Uint8Array>()

  /** Undefined when neither side has it. */
  get(tag: string): Uint8Array | undefined {
    return this.#terminal.get(tag) ?? this.#card.get(tag)
  }

  has(tag: string): boolean {
    return this.get(tag) !== undefined
  }

  /** Throws `CardDataError` when nobody has it. */
  require(tag: string): Uint8Array {
    const value = this.get(tag)
    if (value === undefined) throw new CardDataError(`expected ${tag} (${tagName(tag)}), it is missing`)
    return value
  }

  /** What the terminal knows; a later value replaces an earlier one. The bytes are not copied: a status that changes is seen changed. */
  set(tag: string, value: Uint8Array): void {
    this.#terminal.set(tag, value)
  }

  /** What the card said in an answer that may come again (FCI, GET DATA, GENERATE AC): a later value replaces an earlier one. */
  learn(tag: string, value: Uint8Array): void {
    this.#card.set(tag, value)
  }

  /**
   * Takes the primitive data objects inside a record's template. Throws `CardDataError` when a record has brought one of them already
   * (EMV 4.4 Book 3, 10.2: redundant primitive data objects are not permitted).
   */
  addRecord(tlvs: readonly Tlv[], seen: Set<string>): void {
    for (const { tag, value, children } of tlvs) {
      if (children !== undefined) this.addRecord(children, seen)
      else this.#addOnce(tag, value, seen)
    }
  }

  /** The data that a list asks for, EMV 4.4 Book 3, 5.4. */
  build(dol: readonly DolEntry[]): Uint8Array {
    return buildDol(dol, (tag) => this.get(tag))
  }

  /** Tags of everything that the card said, in its order. */
  cardTags(): string[] {
    return [...this.#card.keys()]
  }

  #addOnce(tag: string, value: Uint8Array, seen: Set<string>): void {
    if (seen.has(tag)) throw new CardDataError(`expected ${tag} (${tagName(tag)}) once, got it twice`)
    seen.add(tag)
    this.#card.set(tag, value)
  }
}
