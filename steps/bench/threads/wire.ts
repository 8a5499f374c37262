import type { MessagePort } from 'node:worker_threads'
import type { JournalEvent } from '../../../protocols/journal/journal.ts'
import type { Estate } from '../../terminals/kept/place.ts'
import type { Plan, Side } from '../plan.ts'
import type { Profile } from '../profile.ts'
import type { CustomerFunctions } from './customer.ts'
import type { MerchantFunctions } from './merchant.ts'
import type { RafikisFunctions } from './rafikis.ts'

/** What each part of the bench does: an ASE with its HSM, or both Rafikis. */
export interface FunctionsOf {
  merchant: MerchantFunctions
  customer: CustomerFunctions
  rafikis: RafikisFunctions
}

export type PartName = keyof FunctionsOf

/** What a thread is told when it begins. */
export interface ThreadData {
  /** What it holds, and where the bench calls it. */
  parts: readonly { name: PartName; port: MessagePort }[]
  plan: Plan
  profile: Profile
  directory: string
  estate: Estate | null
}

/** What every part offers beside its own functions. */
export interface PartFunctions {
  /** Resolves when what it does has started; rejects with what that lacks. */
  ready(): Promise<void>
  /** Puts the clocks of these sides forward. */
  advance(sides: readonly Side[], milliseconds: number): void
  /** Whether anybody wants the journal. */
  record(wanted: boolean): void
  /** Collects its thread's garbage. */
  collect(): void
  close(): Promise<void>
}

/** What a part calls in the bench. */
export interface BenchFunctions {
  /** `at`: microseconds since 1970 by the monotonic clock of the machine, which threads share. */
  journal(event: JournalEvent, at: number): void
}

/** Microseconds that mean the same in every thread. */
export function sharedMicroseconds(): number {
  return (performance.timeOrigin + performance.now()) * 1000
}
