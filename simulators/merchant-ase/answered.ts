import { Refused } from '../../protocols/verdict/verdict.ts'

/** What an API of the merchant ASE answers, always JSON. */
export interface Answer {
  status: number
  body: Record<string, unknown>
}

/** The reasons for which an API refuses, with the HTTP status that says so. */
export type Reasons = Readonly<Record<string, { status: number; text: string }>>

/** Runs a request; a {@link Refused} of these reasons is answered with it, and everything else that is thrown passes. */
export async function answered(
  reasons: Reasons,
  run: () => Promise<Record<string, unknown>>,
): Promise<Answer> {
  try {
    return { status: 200, body: await run() }
  } catch (error) {
    const known = error instanceof Refused ? reasons[error.reason] : undefined
    if (!(error instanceof Refused) || known === undefined) throw error
    return { status: known.status, body: { refused: error.reason, detail: error.message } }
  }
}
