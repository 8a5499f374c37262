import { embeddedPlan } from './embedded-plan.ts'
import { externalPlan } from './external-plan.ts'
import type { Plan } from './plan.ts'
import type { Profile } from './profile.ts'

/** The plan of a profile, whichever its Rafiki is. */
export function makePlan({ rafiki }: Pick<Profile, 'rafiki'>): Promise<Plan> {
  return rafiki.socket === 'embedded' ? embeddedPlan() : externalPlan(rafiki)
}
