import { systemClock } from '../../protocols/clock/system-clock.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { HttpClient } from '../../simulators/common/http-client.ts'
import { adminOf } from '../bench/admin.ts'
import { bySide, type Plan } from '../bench/plan.ts'
import type { Profile } from '../bench/profile.ts'
import { ask } from './ask.ts'
import type { Asking, Check } from './checks.ts'
import { Fault } from './fault.ts'
import { issuerChecks } from './issuer-checks.ts'
import { posApiChecks } from './pos-api-checks.ts'
import { SERVICES, type Service } from './services.ts'

/** What was found of one service. */
export interface ServiceStatus {
  service: string
  /** Null when the profile does not say where it is: then it was not asked. */
  url: string | null
  /** Whether everything is as it must be. */
  ready: boolean
  /** By how many milliseconds its clock is ahead of this machine's, to about half a second. */
  skewMs: number | null
  /** What is right, in words. */
  found: readonly string[]
  faults: readonly { what: string; mend: string }[]
}

// Rafiki's ADMIN_API_SIGNATURE_TTL_SECONDS: how old the signature of a request may be.
const SIGNATURE_WINDOW_MS = 30_000

/** Asks every service of a pair how it is, and the ASEs of somebody else; changes nothing in any of them. */
export async function rafikiStatus(
  plan: Plan,
  { merchantAse, customerAse }: Partial<Pick<Profile, 'merchantAse' | 'customerAse'>> = {},
): Promise<ServiceStatus[]> {
  const http = new HttpClient({ from: 'bench', clock: systemClock, journal: silentJournal })
  try {
    const asking = { plan, admin: bySide((side) => adminOf(side, plan, systemClock, http)) }
    const outside = [
      ...(merchantAse?.socket === 'external'
        ? [{ service: 'merchant ASE', url: merchantAse.posApiUrl, checks: posApiChecks(merchantAse) }]
        : []),
      ...(customerAse?.socket === 'external'
        ? [{ service: 'customer ASE', url: customerAse.webhookUrl, checks: issuerChecks(customerAse) }]
        : []),
    ]
    return await Promise.all([
      ...SERVICES.map((service) => statusOf(service, asking)),
      ...outside.map((ase) => outsideStatus(ase, asking)),
    ])
  } finally {
    await http.close()
  }
}

async function statusOf(service: Service, asking: Asking): Promise<ServiceStatus> {
  const url = service.url(asking.plan)
  const nothing = { service: service.name, url, skewMs: null, found: [], faults: [] }
  if (url === null) return { ...nothing, ready: true }
  try {
    const skewMs = await health(url, service.setting)
    const { found, faults } = await checked([clockWithin(skewMs), ...service.checks], asking)
    return { ...nothing, ready: faults.length === 0, skewMs, found: ['healthy', ...found], faults }
  } catch (error) {
    return { ...nothing, ready: false, faults: [told(error)] }
  }
}

/** An ASE of somebody else: it need not have a page of health. */
async function outsideStatus(
  { service, url, checks }: { service: string; url: string; checks: readonly Check[] },
  asking: Asking,
): Promise<ServiceStatus> {
  const { found, faults } = await checked(checks, asking)
  return { service, url, ready: faults.length === 0, skewMs: null, found, faults }
}

async function health(url: string, setting: string): Promise<number | null> {
  const { status, skewMs } = await ask({ url: `${url}/healthz`, setting })
  if (status === 200) return skewMs
  const mend = status === 404 ? `correct ${setting}` : 'see its log: its database or Redis may be gone'
  throw new Fault(`expected 200 from ${url}/healthz, got ${status}`, mend)
}

function clockWithin(skewMs: number | null): Check {
  return async () => {
    if (skewMs === null) return 'clock unknown'
    const seconds = Math.abs(Math.round(skewMs / 1000))
    if (Math.abs(skewMs) <= SIGNATURE_WINDOW_MS) return `clock ${seconds} s off`
    throw new Fault(
      `expected its clock to be right, it is ${seconds} s ${skewMs > 0 ? 'fast' : 'slow'}`,
      'set the clocks: signatures of the Admin API are taken for 30 s (ADMIN_API_SIGNATURE_TTL_SECONDS)',
    )
  }
}

/** Goes on after a fault, since each has a setting of its own to correct. */
async function checked(checks: readonly Check[], asking: Asking) {
  const found: string[] = []
  const faults: ServiceStatus['faults'][number][] = []
  for (const check of checks) {
    try {
      found.push(await check(asking))
    } catch (error) {
      faults.push(told(error))
    }
  }
  return { found, faults: faults.filter(isFirst) }
}

/** What is wrong with the Admin API, every check that asks it finds. */
function isFirst({ what }: { what: string }, index: number, all: ServiceStatus['faults']): boolean {
  return all.findIndex((fault) => fault.what === what) === index
}

function told(error: unknown): ServiceStatus['faults'][number] {
  if (error instanceof Fault) return { what: error.message, mend: error.mend }
  throw error
}
