import type { Meta } from '@cucumber/messages'
import type { MatrixColumn } from '../../../hardware/hsm/capabilities/matrix.ts'
import type { JournalEntry } from '../../../protocols/journal/journal.ts'
import type { Weakness } from '../../weakness/weaknesses.ts'

/** What the report says of a scenario; all of cucumber's other ends are failures of a strict run. */
export type Verdict = 'passed' | 'failed' | 'skipped'

/** A run of feature files as its messages tell it. Times are milliseconds, durations microseconds. */
export interface Run {
  startedAt: number | null
  us: number | null
  /** Null when the run was cut off before its end. */
  success: boolean | null
  meta: Meta | null
  /** What the bench said of itself (profile, transport, versions …): each name with the different values it had. */
  bench: ReadonlyMap<string, ReadonlySet<string>>
  /** The tokens that the run worked with, and which operations they do where. */
  hsm: readonly MatrixColumn[]
  features: readonly Feature[]
  /** What broke outside of scenarios: unreadable feature files, hooks around the run, the run itself. */
  problems: readonly string[]
}

export interface Feature {
  uri: string
  name: string
  description: string
  scenarios: readonly Scenario[]
}

export interface Scenario {
  /** Unique in the run, for links. */
  id: string
  name: string
  line: number
  rule: string | null
  /** The row of the examples it was made from. */
  example: readonly (readonly [name: string, value: string])[]
  tags: readonly string[]
  /** How often it was tried. */
  attempts: number
  verdict: Verdict
  /** Why it was skipped, or where it failed, in a line. */
  reason: string | null
  us: number
  steps: readonly Step[]
  journal: readonly JournalEntry[]
  /** What it was looking for in the stack under test. */
  weaknesses: readonly Weakness[]
}

export interface Step {
  /** Null for a hook. */
  keyword: string | null
  text: string
  /** Cucumber's word, lower case. */
  status: string
  us: number
  message: string | null
  docString: string | null
  table: readonly (readonly string[])[]
  /** What the step or hook logged or attached as text. */
  notes: readonly string[]
}
