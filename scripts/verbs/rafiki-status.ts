import { systemClock } from '../../protocols/clock/system-clock.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { withClosers } from '../../steps/bench/closer.ts'
import { makePlan } from '../../steps/bench/make-plan.ts'
import { bySide, type Plan, SIDES, type Side } from '../../steps/bench/plan.ts'
import { loadProfile } from '../../steps/bench/profile.ts'
import { startInstance } from '../../steps/bench/side/parts.ts'
import { rafikiStatus, type ServiceStatus } from '../../steps/rafiki-status/status.ts'
import { EXIT } from '../lib/exit.ts'

export interface RafikiStatusOptions {
  profile: string
  json?: boolean
}

/**
 * Asks the services of the profile's Rafiki pair how they are, and prints what to do about what is wrong; exit code 3 when something is. An
 * embedded pair is started for it, in this process.
 */
export function rafikiStatusVerb({ profile: name, json }: RafikiStatusOptions): Promise<number> {
  const { rafiki } = loadProfile(name, process.env)
  return withClosers(async (closers) => {
    const plan = await makePlan({ rafiki })
    const parts = { plan, clock: systemClock, journal: silentJournal, closers }
    for (const side of SIDES) await startInstance(side, parts)
    const services = await rafikiStatus(plan)
    const ready = services.every((service) => service.ready)
    const document = { rafiki: rafiki.socket, ready, services, needs: needsOf(plan) }
    process.stdout.write(json ? `${JSON.stringify(document, null, 2)}\n` : page(document))
    return ready ? EXIT.done : EXIT.lacking
  })
}

interface Document {
  ready: boolean
  services: readonly ServiceStatus[]
  /** What each side's backend must have in its environment, which nobody can ask it. */
  needs: Record<Side, Record<string, string>>
}

function needsOf({ webhookUrl, ratesUrl }: Plan): Document['needs'] {
  return bySide((side) => ({ WEBHOOK_URL: webhookUrl[side], EXCHANGE_RATES_URL: ratesUrl }))
}

function page({ services, ready, needs }: Document): string {
  const told = SIDES.map((side) => `  ${side}'s backend: ${assignments(needs[side])}`)
  const end = ready ? 'The pair can be used.' : 'The pair cannot be used as the profile says.'
  return `${services.flatMap(lines).join('\n')}\n\nWhat cannot be asked must be so:\n${told.join('\n')}\n\n${end}\n`
}

function assignments(variables: Record<string, string>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
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
