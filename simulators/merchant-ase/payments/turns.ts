/** Lets those who share a key go one after another, and all others at once. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Runs `action` when everybody who came before with this key is done. */
  async take<Result>(key: string, action: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(key) ?? Promise.resolve()
    const turn = before.then(action, action)
    this.#last.set(key, turn)
    try {
      return await turn
    } finally {
      if (this.#last.get(key) === turn) this.#last.delete(key)
    }
  }
}
