import { readPosApiAccess } from '../bench/external-pos-api.ts'
import type { ExternalPosApi } from '../bench/pos-api-schema.ts'
import { ask } from './ask.ts'
import type { Check } from './checks.ts'
import { Fault } from './fault.ts'

const REFUSALS = new Set([400, 401, 403])

/** What is asked of the POS API of somebody else: nothing is changed there. */
export function posApiChecks(api: ExternalPosApi): Check[] {
  return [payments(api)]
}

/** Whether it refuses a payment that no terminal has signed. */
function payments(api: ExternalPosApi): Check {
  return async () => {
    const setting = 'merchantAse.posApiUrl'
    const { trustedRoots: roots } = await readPosApiAccess(api)
    const trusted = roots && { roots, setting: 'merchantAse.trustedRoots' }
    const url = `${api.posApiUrl}/payments`
    const { status } = await ask({ url, setting, body: {}, ...(trusted && { trusted }) })
    if (REFUSALS.has(status)) return 'refuses payments that are not signed'
    throw new Fault(
      `expected ${url} to refuse a payment without a signature, got ${status}`,
      status < 300 ? 'let the POS API check the signature of every request' : `correct ${setting}`,
    )
  }
}
