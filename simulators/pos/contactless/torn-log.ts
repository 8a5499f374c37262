import { equal } from '../../../protocols/bytes/bytes.ts'

/** A transaction whose cryptogram was asked for and never came, Book C-2, 3.7 (Torn Record, FF8101). */
export interface TornRecord {
  /** 5A as the card gave it. */
  pan: Uint8Array
  /** 5F34; empty when the card has none. */
  panSequenceNumber: Uint8Array
  /** Everything that the cryptogram was made over, and that is needed to judge it, by tag. */
  data: ReadonlyMap<string, Uint8Array>
  /** Clock of the terminal when it was torn, milliseconds. */
  at: number
}

/**
 * The terminal's torn transaction log. A record that the log has no room for, or that has grown too old, is handed back to its owner as
 * lost: the card may have counted that transaction.
 */
export class TornLog {
  #records: TornRecord[] = []
  readonly #limits: { records: number; lifetimeMs: number }

  /** `records`: Max Number of Torn Transaction Log Records, DF811D (0: none are kept); `lifetimeMs`: from DF811C, which counts seconds. */
  constructor(limits: { records: number; lifetimeMs: number }) {
    this.#limits = limits
  }

  get size(): number {
    return this.#records.length
  }

  get enabled(): boolean {
    return this.#limits.records > 0
  }

  /** Keeps a record in place of a former one of the same card; gives the oldest when there was no room. */
  add(record: TornRecord): TornRecord | null {
    this.remove(record)
    this.#records.push(record)
    return this.#records.length > this.#limits.records ? (this.#records.shift() ?? null) : null
  }

  /** The record of a card, or null. */
  find(card: Pick<TornRecord, 'pan' | 'panSequenceNumber'>): TornRecord | null {
    return this.#records.find((record) => isSameCard(record, card)) ?? null
  }

  remove(card: Pick<TornRecord, 'pan' | 'panSequenceNumber'>): void {
    this.#records = this.#records.filter((record) => !isSameCard(record, card))
  }

  /** Drops and returns the records older than their lifetime (Book C-2, CLEAN signal). */
  clean(now: number): TornRecord[] {
    const isOld = ({ at }: TornRecord): boolean => now - at > this.#limits.lifetimeMs
    const old = this.#records.filter(isOld)
    this.#records = this.#records.filter((record) => !isOld(record))
    return old
  }
}

function isSameCard(
  a: Pick<TornRecord, 'pan' | 'panSequenceNumber'>,
  b: Pick<TornRecord, 'pan' | 'panSequenceNumber'>,
): boolean {
  return equal(a.pan, b.pan) && equal(a.panSequenceNumber, b.panSequenceNumber)
}
