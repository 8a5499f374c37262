/** A caller gave what no PIN operation can work on. Messages never hold digits of a PIN or a PAN. */
export class PinError extends RangeError {
  override name = 'PinError'
  /** `advice`: what to do about it. */
  constructor(expected: string, came: string, advice: string) {
    super(`expected ${expected}, got ${came}; ${advice}`)
  }
}
