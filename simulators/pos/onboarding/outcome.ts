import {
  DEVICE_REASONS,
  type DeviceReason,
  TRUST_REASONS,
  type TrustReason,
} from '../../../protocols/onboarding/reasons.ts'
import { Refused } from '../../../protocols/verdict/verdict.ts'

/** How a ceremony ended: a value, never an exception. `by` is who decided that it did not succeed. */
export type CeremonyOutcome =
  | { done: true }
  | { done: false; by: 'device'; reason: DeviceReason; detail: string }
  | { done: false; by: 'merchant-ase'; reason: TrustReason; detail: string }

const DONE: CeremonyOutcome = { done: true }

/** Ends a ceremony because the device does not go on. */
export function stop(reason: DeviceReason, detail?: string): never {
  const text = DEVICE_REASONS[reason]
  throw new Refused(reason, detail === undefined ? text : `${text}: ${detail}`)
}

/** Ends a ceremony because the merchant ASE said so. */
export class RefusedByAse extends Error {
  override name = 'RefusedByAse'
  readonly reason: TrustReason

  constructor(reason: TrustReason, detail: string) {
    super(detail)
    this.reason = reason
  }
}

/** Runs a ceremony; everything else that is thrown passes. */
export async function ceremony(run: () => Promise<void>): Promise<CeremonyOutcome> {
  try {
    await run()
    return DONE
  } catch (error) {
    if (error instanceof RefusedByAse)
      return { done: false, by: 'merchant-ase', reason: error.reason, detail: error.message }
    if (error instanceof Refused)
      return { done: false, by: 'device', reason: error.reason as DeviceReason, detail: error.message }
    throw error
  }
}

export function isTrustReason(text: string): text is TrustReason {
  return Object.hasOwn(TRUST_REASONS, text)
}
