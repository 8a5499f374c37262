/** As many at least. Here thousands of payments must not fill the memory; Rafiki itself has a database for them. */
export const MOST_ENDED = 1_000

/** Payments by their id. Those that have ended are kept as long as they are among the newest of these. */
export class Newest<Payment extends { readonly id: string }> {
  readonly #byId = new Map<string, Payment>()
  #ended: string[] = []

  add(payment: Payment): void {
    this.#byId.set(payment.id, payment)
  }

  has(id: string): boolean {
    return this.#byId.has(id)
  }

  get(id: string): Payment | null {
    return this.#byId.get(id) ?? null
  }

  /** In the order of their creation. */
  list(): Payment[] {
    return [...this.#byId.values()]
  }

  delete(id: string): void {
    this.#byId.delete(id)
  }

  /** Notes that nothing happens to a payment any more. Gives the ids of those that are forgotten now. */
  ended({ id }: Payment): readonly string[] {
    this.#ended.push(id)
    if (this.#ended.length < 2 * MOST_ENDED) return []
    const forgotten = this.#ended.slice(0, MOST_ENDED)
    this.#ended = this.#ended.slice(MOST_ENDED)
    for (const one of forgotten) this.#byId.delete(one)
    return forgotten
  }
}
