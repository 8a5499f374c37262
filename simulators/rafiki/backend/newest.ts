/** At least. Here thousands of payments must not fill the memory; Rafiki itself has a database for them. */
export const MOST_ENDED = 1_000
/** So many are forgotten together: to look for what the ledger has of them takes as long for one. */
export const AT_ONCE = 100

/** Payments by their id. Of those that have ended the newest are kept. */
export class Newest<Payment extends { readonly id: string }> {
  readonly #byId = new Map<string, Payment>()
  readonly #ended: string[] = []

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
    if (this.#ended.length < MOST_ENDED + AT_ONCE) return []
    const forgotten = this.#ended.splice(0, AT_ONCE)
    for (const one of forgotten) this.#byId.delete(one)
    return forgotten
  }
}
