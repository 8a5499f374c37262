import { dockerPlan } from './docker-plan.ts'
import { embeddedPlan } from './embedded-plan.ts'
import { externalPlan } from './external-plan.ts'
import type { Plan } from './plan.ts'
import type { Profile } from './profile.ts'
import type { RafikiSocket } from './rafiki-schema.ts'

type Plans = {
  [Name in RafikiSocket['socket']]: (rafiki: Extract<RafikiSocket, { socket: Name }>) => Promise<Plan>
}

const PLANS: Plans = { embedded: embeddedPlan, external: externalPlan, docker: dockerPlan }

/** The plan of a profile, whichever its Rafiki is. */
export function makePlan({ rafiki }: Pick<Profile, 'rafiki'>): Promise<Plan> {
  const plan = PLANS[rafiki.socket] as (rafiki: RafikiSocket) => Promise<Plan>
  return plan(rafiki)
}
