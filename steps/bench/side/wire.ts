import type { JournalEvent } from '../../../protocols/journal/journal.ts'
import type { Estate } from '../../terminals/kept/place.ts'
import type { Plan, Side } from '../plan.ts'
import type { Profile } from '../profile.ts'
import type { CustomerFunctions, MerchantFunctions } from './functions.ts'

/** What the thread of a side is told when it begins. */
export interface SideData {
  side: Side
  plan: Plan
  profile: Profile
  directory: string
  estate: Estate | null
}

/** What every side's thread offers beside its own functions. */
export interface ThreadFunctions {
  /** Resolves when the side has started; rejects with what it lacks. */
  ready(): Promise<void>
  /** Puts the side's clock forward. */
  advance(milliseconds: number): void
  /** Whether anybody wants the journal. */
  record(wanted: boolean): void
  /** Collects the garbage of the side's thread. */
  collect(): void
  close(): Promise<void>
}

/** What a side's thread calls in the bench. */
export interface BenchFunctions {
  /** `at`: microseconds since 1970 by the monotonic clock of the machine, which threads share. */
  journal(event: JournalEvent, at: number): void
}

export interface FunctionsOf {
  merchant: MerchantFunctions & ThreadFunctions
  customer: CustomerFunctions & ThreadFunctions
}

/** Microseconds that mean the same in every thread. */
export function sharedMicroseconds(): number {
  return (performance.timeOrigin + performance.now()) * 1000
}
