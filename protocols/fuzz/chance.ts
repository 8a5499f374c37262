/**
 * Chance that can be had again: the same seed gives the same numbers on every machine (sfc32 of Chris Doty-Humphrey's PractRand). For tests
 * alone, never for keys.
 */
export class Chance {
  readonly #state: Uint32Array

  /** `seed`: 32 bits; `stream`: another one for each run of the same seed. */
  constructor(seed: number, stream = 0) {
    this.#state = Uint32Array.of(seed, stream, 0x9e3779b9, 1)
    for (let round = 0; round < 12; round++) this.#next()
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor((this.#next() / 2 ** 32) * limit)
  }

  /** True once in so many times. */
  oneIn(times: number): boolean {
    return this.below(times) === 0
  }

  /** One of these. Throws a RangeError when there is none. */
  pick<Item>(items: readonly Item[]): Item {
    if (items.length === 0) throw new RangeError('expected something to pick from, got an empty list')
    return items[this.below(items.length)] as Item
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256))
  }

  #next(): number {
    const [a = 0, b = 0, c = 0, count = 0] = this.#state
    const next = (a + b + count) >>> 0
    this.#state.set([b ^ (b >>> 9), c + (c << 3), ((c << 21) | (c >>> 11)) + next, count + 1])
    return next
  }
}
