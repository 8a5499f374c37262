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
export async function makePlan({
  rafiki,
  merchantAse,
  customerAse,
}: Pick<Profile, 'rafiki' | 'merchantAse' | 'customerAse'>): Promise<Plan> {
  const plan = PLANS[rafiki.socket] as (rafiki: RafikiSocket) => Promise<Plan>
  const made = withIssuer(await plan(rafiki), customerAse)
  return merchantAse.socket === 'external' ? { ...made, posApiUrl: merchantAse.posApiUrl } : made
}

/** An issuer of somebody else is where the profile says, and not where the bench would listen for Rafiki. */
function withIssuer(plan: Plan, customerAse: Profile['customerAse']): Plan {
  if (customerAse.socket === 'simulated') return plan
  const { webhookUrl, ratesUrl, decisionsUrl } = customerAse
  const { [new URL(plan.webhookUrl.customer).host]: _, ...hosts } = plan.hosts
  return { ...plan, hosts, webhookUrl: { ...plan.webhookUrl, customer: webhookUrl }, ratesUrl, decisionsUrl }
}
