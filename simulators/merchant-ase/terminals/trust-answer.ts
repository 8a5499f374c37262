import { TRUST_REASONS, type TrustReason } from '../../../protocols/onboarding/reasons.ts'
import { Refused } from '../../../protocols/verdict/verdict.ts'
import { type Answer, answered as answeredBy } from '../answered.ts'

/** What the API for terminals' trust answers, always JSON. */
export type TrustAnswer = Answer

/** Ends a request with a reason; {@link answered} makes it the answer. `detail` names no secret. */
export function refuse(reason: TrustReason, detail?: string): never {
  const { text } = TRUST_REASONS[reason]
  throw new Refused(reason, detail === undefined ? text : `${text}: ${detail}`)
}

/** Runs a request; what throws by {@link refuse} is answered with its reason, and everything else passes. */
export function answered(run: () => Promise<Record<string, unknown>>): Promise<TrustAnswer> {
  return answeredBy(TRUST_REASONS, run)
}
