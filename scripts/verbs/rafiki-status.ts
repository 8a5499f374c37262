import { systemClock } from '../../protocols/clock/system-clock.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { withClosers } from '../../steps/bench/closer.ts'
import { makePlan } from '../../steps/bench/make-plan.ts'
import { SIDES } from '../../steps/bench/plan.ts'
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
    process.stdout.write(
      json
        ? `${JSON.stringify({ rafiki: rafiki.socket, ready, services }, null, 2)}\n`
        : page(services, ready),
    )
    return ready ? EXIT.done : EXIT.lacking
  })
}

function page(services: readonly ServiceStatus[], ready: boolean): string {
  const end = ready ? 'The pair can be used.' : 'The pair cannot be used as the profile says.'
  return `${services.flatMap(lines).join('\n')}\n\n${end}\n`
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
