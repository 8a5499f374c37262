import type { Clock } from '../../../protocols/clock/clock.ts'
import type { Journal } from '../../../protocols/journal/journal.ts'
import type { Estate } from '../../terminals/kept/place.ts'
import type { Closer } from '../closer.ts'
import type { Plan, Side } from '../plan.ts'
import type { Profile } from '../profile.ts'

/** What every part of a side is started with. */
export interface PartOptions {
  plan: Plan
  profile: Profile
  /** For tokens and databases; the bench's own. */
  directory: string
  /** Whose terminals the merchant ASE knows; null: nobody's yet. */
  estate: Estate | null
  clock: Clock
  journal: Journal
  /** What is started here is closed by these, the last first. */
  closers: Closer[]
}

/** What a part that may have both sides is started with: each has a clock of its own. */
export type PartStart = Omit<PartOptions, 'clock'> & { clocks: Record<Side, Clock> }
