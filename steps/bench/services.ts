import type { Clock } from '../../protocols/clock/clock.ts'
import type { Journal } from '../../protocols/journal/journal.ts'
import { HttpClient } from '../../simulators/common/http-client.ts'
import type { RafikiAdmin } from '../../simulators/common/rafiki-admin.ts'
import type { ContainerPair } from '../rafiki-containers/pair.ts'
import type { Estate } from '../terminals/kept/place.ts'
import { adminOf } from './admin.ts'
import { type Closer, closeAll, closing, settleAll } from './closer.ts'
import { openContainers } from './containers.ts'
import { makePlan } from './make-plan.ts'
import { bySide, type Plan, type Side } from './plan.ts'
import type { Profile } from './profile.ts'
import { type Peering, seedCurrency } from './seeding.ts'
import { type AnyPart, type RunningPart, startThread } from './threads/running-thread.ts'
import type { PartName } from './threads/wire.ts'

/** Everything behind the terminal: the HSM, both ASEs, both Rafikis, seeded. */
export interface Services {
  plan: Plan
  merchant: RunningPart<'merchant'>
  customer: RunningPart<'customer'>
  /** Both Rafikis; null when they are not the bench's own. */
  rafikis: RunningPart<'rafikis'> | null
  /** All of them, for their clocks and journals. */
  parts: readonly AnyPart[]
  /** The bench's own access to the Admin APIs. */
  admin: Record<Side, RafikiAdmin>
  /** Rafiki's ids of the assets, by currency. */
  assets: Record<Side, Record<string, string>>
  /** The containers of the pair; null when it is not in containers of this bench's. */
  containers: ContainerPair | null
  close(): Promise<void>
}

export interface ServiceOptions {
  profile: Profile
  /** For tokens and databases; the bench's own. */
  directory: string
  /** Whose terminals the merchant ASE knows; by default nobody's yet. */
  estate?: Estate | null
  clock: Clock
  journal: Journal
}

/** Starts all services of a profile, and seeds both Rafikis. What was started is closed again when something does not start. */
export async function startServices({
  profile,
  directory,
  estate = null,
  clock,
  journal,
}: ServiceOptions): Promise<Services> {
  const closers: Closer[] = []
  try {
    const plan = await makePlan(profile)
    const containers = await openContainers(profile, closers)
    const start = <Name extends PartName>(...names: Name[]) =>
      closing(closers, startThread(names, { plan, profile, directory, estate }, journal))
    const [ases, rafikis] = await settleAll([
      start('merchant', 'customer'),
      plan.instances === null ? Promise.resolve(null) : start('rafikis'),
    ])
    const parts = { rafikis: null, ...ases.parts, ...rafikis?.parts }
    const http = new HttpClient({ from: 'bench', clock, journal })
    closers.push(() => http.close())
    const admin = bySide((side) => adminOf(side, plan, clock, http))
    const assets = await seed(admin, profile.currencies, plan)
    return {
      plan,
      ...parts,
      parts: Object.values(parts).filter((part) => part !== null),
      admin,
      assets,
      containers,
      close: () => closeAll(closers),
    }
  } catch (error) {
    await closeAll(closers)
    throw error
  }
}

async function seed(
  admin: Record<Side, RafikiAdmin>,
  currencies: readonly string[],
  plan: Plan,
): Promise<Services['assets']> {
  const [merchant, customer] = await settleAll([
    seedSide('merchant', 'customer'),
    seedSide('customer', 'merchant'),
  ])
  return { merchant, customer }

  async function seedSide(side: Side, other: Side): Promise<Record<string, string>> {
    const peering: Peering = {
      ...plan.ilp[other],
      incomingToken: plan.peerTokens[other],
      outgoingToken: plan.peerTokens[side],
    }
    const ids = currencies.map(
      async (code) => [code, await seedCurrency(admin[side], code, peering)] as const,
    )
    return Object.fromEntries(await Promise.all(ids))
  }
}
