/** What reading something made by others came to: what was in it, or the one reason why it is refused. `detail` names no key bytes. */
export type Verdict<T, R extends string> =
  | { valid: true; value: T }
  | { valid: false; reason: R; detail: string }

/** Carries a reason out of nested readers; {@link judged} turns it into a value, so that no caller ever sees it thrown. */
export class Refused extends Error {
  override name = 'Refused'
  readonly reason: string
  constructor(reason: string, detail: string) {
    super(detail)
    this.reason = reason
  }
}

/** Runs a reader that throws {@link Refused} with one of the reasons `R`. Other errors are defects and pass. */
export function judged<T, R extends string>(read: () => T): Verdict<T, R> {
  try {
    return { valid: true, value: read() }
  } catch (error) {
    if (error instanceof Refused) return { valid: false, reason: error.reason as R, detail: error.message }
    throw error
  }
}
