/** A caller asked for what DUKPT does not allow, or a saved device is damaged. Messages never hold key bytes. */
export class DukptError extends RangeError {
  override name = 'DukptError'
  /** `advice`: what to do about it. */
  constructor(expected: string, came: string, advice: string) {
    super(`expected ${expected}, got ${came}; ${advice}`)
  }
}
