import { TRUST_REASONS, type TrustReason } from '../../../protocols/onboarding/reasons.ts'
import { Refused } from '../../../protocols/verdict/verdict.ts'

/** What the API for terminals' trust answers, always JSON. */
export interface TrustAnswer {
  status: number
  body: Record<string, unknown>
}

/** Ends a request with a reason; {@link answered} makes it the answer. `detail` names no secret. */
export function refuse(reason: TrustReason, detail?: string): never {
  const { text } = TRUST_REASONS[reason]
  throw new Refused(reason, detail === undefined ? text : `${text}: ${detail}`)
}

/** Runs a request; what throws by {@link refuse} is answered with its reason, and everything else passes. */
export async function answered(run: () => Promise<Record<string, unknown>>): Promise<TrustAnswer> {
  try {
    return { status: 200, body: await run() }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const reason = error.reason as TrustReason
    return { status: TRUST_REASONS[reason].status, body: { refused: reason, detail: error.message } }
  }
}
