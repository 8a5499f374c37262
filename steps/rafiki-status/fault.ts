/** Something about a Rafiki that is not as it must be: what was expected and what came, and what to do. */
export class Fault extends Error {
  override name = 'Fault'
  readonly mend: string

  constructor(message: string, mend: string) {
    super(message)
    this.mend = mend
  }
}
