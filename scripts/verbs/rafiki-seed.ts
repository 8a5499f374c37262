import { systemClock } from '../../protocols/clock/system-clock.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { HttpClient } from '../../simulators/common/http-client.ts'
import { adminOf } from '../../steps/bench/admin.ts'
import { withClosers } from '../../steps/bench/closer.ts'
import { makePlan } from '../../steps/bench/make-plan.ts'
import { SIDES, type Side } from '../../steps/bench/plan.ts'
import { ConfigurationError, loadProfile } from '../../steps/bench/profile.ts'
import { loadSeedFixture } from '../../steps/rafiki-seed/fixture.ts'
import { type Changes, seedSide } from '../../steps/rafiki-seed/seed.ts'
import { EXIT } from '../lib/exit.ts'

export interface RafikiSeedOptions {
  profile: string
  json?: boolean
}

/** Gives the profile's pair, which must run, what fixtures/rafiki/seed.yaml says; a second time changes nothing. */
export async function rafikiSeed({ profile: name, json }: RafikiSeedOptions): Promise<number> {
  const profile = loadProfile(name, process.env)
  const { rafiki } = profile
  if (rafiki.socket === 'embedded')
    throw new ConfigurationError(
      'expected a pair that runs already, an embedded one begins anew with every command: use --profile docker, or your own with rafiki.socket external',
    )
  const fixture = loadSeedFixture()
  const plan = await makePlan(profile)
  return withClosers(async (closers) => {
    const http = new HttpClient({ from: 'bench', clock: systemClock, journal: silentJournal })
    closers.push(() => http.close())
    const changes: Record<Side, Changes> = { merchant: [], customer: [] }
    for (const side of SIDES)
      changes[side] = await seedSide(side, plan, adminOf(side, plan, systemClock, http), fixture)
    process.stdout.write(
      json ? `${JSON.stringify({ rafiki: rafiki.socket, changes }, null, 2)}\n` : page(changes),
    )
    return EXIT.done
  })
}

function page(changes: Readonly<Record<Side, Changes>>): string {
  return SIDES.map((side) => `${side}'s Rafiki: ${summary(changes[side])}\n`).join('')
}

function summary(changes: Changes): string {
  const parts = [...new Set(changes)].map((name) => `${changes.filter((one) => one === name).length} ${name}`)
  return parts.length > 0 ? parts.join(', ') : 'everything is there, nothing was changed'
}
