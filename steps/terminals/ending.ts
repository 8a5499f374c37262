import { DEVICE_REASONS, TRUST_REASONS } from '../../protocols/onboarding/reasons.ts'
import type { CeremonyOutcome } from '../../simulators/pos/onboarding/outcome.ts'

/** How a ceremony ended, in the words of scenarios: `done`, or the text of the reason of who ended it. */
export function endingOf(outcome: CeremonyOutcome): string {
  if (outcome.done) return 'done'
  return outcome.by === 'device' ? DEVICE_REASONS[outcome.reason] : TRUST_REASONS[outcome.reason].text
}
