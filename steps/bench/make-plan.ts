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

type PlannedSockets = Pick<Profile, 'rafiki'> & Partial<Pick<Profile, 'merchantAse'>>

/** The plan of a profile, whichever its Rafiki is. */
export async function makePlan({ rafiki, merchantAse }: PlannedSockets): Promise<Plan> {
  const plan = PLANS[rafiki.socket] as (rafiki: RafikiSocket) => Promise<Plan>
  const made = await plan(rafiki)
  return merchantAse?.socket === 'external' ? { ...made, posApiUrl: merchantAse.posApiUrl } : made
}
