import type { KeyReason } from '../../../protocols/onboarding/reasons.ts'
import type { GenerationState } from '../database/tables.ts'

const REFUSED: Partial<Record<GenerationState, KeyReason>> = {
  pending: 'keys_pending',
  compromised: 'keys_compromised',
  erased: 'keys_erased',
}

/** Why data under keys of this generation are not taken now; null when they are. `endsAt`, `now`: milliseconds since 1970. */
export function refusalOf(
  { state, endsAt }: { state: GenerationState; endsAt: number | null },
  now: number,
): KeyReason | null {
  if (state === 'retiring' && (endsAt === null || now >= endsAt)) return 'keys_retired'
  return REFUSED[state] ?? null
}
