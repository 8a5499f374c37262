import { systemClock } from '../../protocols/clock/system-clock.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { withClosers } from '../../steps/bench/closer.ts'
import { makePlan } from '../../steps/bench/make-plan.ts'
import { bySide, type Plan, SIDES, type Side } from '../../steps/bench/plan.ts'
import { loadProfile } from '../../steps/bench/profile.ts'
import type { RafikiSocket } from '../../steps/bench/rafiki-schema.ts'
import { startInstance } from '../../steps/bench/threads/instance.ts'
import { mendInContainers } from '../../steps/rafiki-containers/settings.ts'
import { rafikiStatus, type ServiceStatus } from '../../steps/rafiki-status/status.ts'
import { EXIT } from '../lib/exit.ts'

export interface RafikiStatusOptions {
  profile: string
  json?: boolean
}

/**
 * Asks the services of the profile's Rafiki pair how they are, ASEs of somebody else too, and prints what to do about what is wrong; exit code 3 when something is. An
 * embedded pair is started for it, in this process.
 */
export function rafikiStatusVerb({ profile: name, json }: RafikiStatusOptions): Promise<number> {
  const profile = loadProfile(name, process.env)
  const { rafiki } = profile
  return withClosers(async (closers) => {
    const plan = await makePlan(profile)
    const parts = { plan, clock: systemClock, journal: silentJournal, closers }
    for (const side of SIDES) await startInstance(side, parts)
    const services = (await rafikiStatus(plan, profile)).map((service) => inWordsOf(rafiki, service))
    const ready = services.every((service) => service.ready)
    const document = {
      rafiki: rafiki.socket,
      ready,
      services,
      needs: plan.instances === null ? needsOf(plan) : null,
    }
    process.stdout.write(json ? `${JSON.stringify(document, null, 2)}\n` : page(document))
    return ready ? EXIT.done : EXIT.lacking
  })
}

function inWordsOf(rafiki: RafikiSocket, service: ServiceStatus): ServiceStatus {
  if (rafiki.socket !== 'docker') return service
  const faults = service.faults.map(({ what, mend }) => ({
    what,
    mend: mendInContainers(mend, rafiki.envFile),
  }))
  return { ...service, faults }
}

interface Document {
  ready: boolean
  services: readonly ServiceStatus[]
  /** What each side's backend must have in its environment, which nobody can ask it; null of a pair that the bench has started itself. */
  needs: Record<Side, Record<string, string>> | null
}

function needsOf({ webhookUrl, ratesUrl }: Plan): NonNullable<Document['needs']> {
  return bySide((side) => ({ WEBHOOK_URL: webhookUrl[side], EXCHANGE_RATES_URL: ratesUrl }))
}

function page({ services, ready, needs }: Document): string {
  const told = needs === null ? '' : `\n\nWhat cannot be asked must be so:\n${needLines(needs).join('\n')}`
  const end = ready ? 'The pair can be used.' : 'The pair cannot be used as the profile says.'
  return `${services.flatMap(lines).join('\n')}${told}\n\n${end}\n`
}

function needLines(needs: NonNullable<Document['needs']>): string[] {
  return SIDES.map((side) => {
    const variables = Object.entries(needs[side]).map(([name, value]) => `${name}=${value}`)
    return `  ${side}'s backend: ${variables.join(' ')}`
  })
}

function lines({ service, url, ready, found, faults }: ServiceStatus): string[] {
  if (url === null)
    return [
      `  absent   ${service}`,
      '             not asked: no authUrl in the profile; an embedded Rafiki has none',
    ]
  const word = ready ? 'ok     ' : 'WRONG  '
  const told = faults.flatMap(({ what, mend }) => [`             ${what}`, `             → ${mend}`])
  return [`  ${word}  ${service} at ${url}${found.length > 0 ? `: ${found.join(', ')}` : ''}`, ...told]
}
