/** A pending call of {@link Clock.after}; `cancel` is harmless once it has fired. */
export interface Timer {
  cancel(): void
}

/** Time as a parameter: nothing in the bench asks the machine for it directly. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number
  /** Calls `action` once, `milliseconds` from now. */
  after(milliseconds: number, action: () => void): Timer
}
