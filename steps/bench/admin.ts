import type { Clock } from '../../protocols/clock/clock.ts'
import type { HttpClient } from '../../simulators/common/http-client.ts'
import { RafikiAdmin } from '../../simulators/common/rafiki-admin.ts'
import type { Plan, Side } from './plan.ts'

/** The bench's own access to a side's Admin API. */
export function adminOf(side: Side, plan: Plan, clock: Clock, http: HttpClient): RafikiAdmin {
  return new RafikiAdmin({
    to: `rafiki-${side}`,
    url: plan.adminUrl[side],
    tenantId: plan.tenant[side],
    ...plan.adminSecrets[side],
    clock,
    http,
  })
}
