import {
  type Attachment,
  type Duration,
  getWorstTestStepResult,
  type Hook,
  type Pickle,
  type PickleStep,
  type TestCase,
  type TestCaseStarted,
  type TestStep,
  type TestStepResult,
  TimeConversion,
} from '@cucumber/messages'
import type { JournalEntry } from '../../../protocols/journal/journal.ts'
import type { Weakness } from '../../weakness/weaknesses.ts'
import { textOf } from './attachment.ts'
import type { GherkinIndex } from './gherkin-index.ts'
import type { Scenario, Step, Verdict } from './run.ts'

/** One try at a scenario, as its messages have told it so far. */
export interface Attempt {
  started: TestCaseStarted
  testCase: TestCase
  pickle: Pickle
  results: Map<string, TestStepResult>
  notes: Map<string, Attachment[]>
  journal: JournalEntry[]
  weaknesses: Weakness[]
  /** Null while it has not ended. */
  us: number | null
}

/** What the messages said once for the whole run and every scenario refers to. */
export interface Context {
  gherkin: GherkinIndex
  hooks: ReadonlyMap<string, Hook>
}

export function scenarioOf(attempt: Attempt, context: Context): Scenario {
  const { pickle, started } = attempt
  const steps = attempt.testCase.testSteps.map((step) => stepOf(step, attempt, context))
  const verdict = verdictOf(attempt)
  return {
    id: `scenario-${started.id}`,
    name: pickle.name,
    line: pickle.location?.line ?? 0,
    rule: context.gherkin.rule(pickle.astNodeIds),
    example: context.gherkin.example(pickle.astNodeIds),
    tags: pickle.tags.map(({ name }) => name),
    attempts: started.attempt + 1,
    verdict,
    reason: reasonOf(verdict, steps),
    us: attempt.us ?? 0,
    steps,
    journal: attempt.journal,
    weaknesses: attempt.weaknesses,
  }
}

/** Microseconds of a duration of cucumber's. */
export function microseconds(duration: Duration): number {
  return Math.round(TimeConversion.durationToMilliseconds(duration) * 1_000)
}

const VERDICTS: Partial<Record<string, Verdict>> = { PASSED: 'passed', SKIPPED: 'skipped' }

// A scenario that never ended has failed, whatever its steps said until then; one without steps has nothing to fail.
function verdictOf({ us, results }: Attempt): Verdict {
  if (us === null) return 'failed'
  if (results.size === 0) return 'passed'
  return VERDICTS[getWorstTestStepResult([...results.values()]).status] ?? 'failed'
}

const INNOCENT = ['passed', 'skipped', 'unknown']

function reasonOf(verdict: Verdict, steps: readonly Step[]): string | null {
  if (verdict === 'passed') return null
  if (verdict === 'skipped') return steps.find(({ status }) => status === 'skipped')?.notes[0] ?? null
  const culprit = steps.find(({ status }) => !INNOCENT.includes(status))
  if (culprit === undefined) return 'did not end'
  return culprit.message?.split('\n', 1)[0] ?? `${culprit.status}: ${culprit.text}`
}

function stepOf(step: TestStep, attempt: Attempt, { gherkin, hooks }: Context): Step {
  const pickleStep = attempt.pickle.steps.find(({ id }) => id === step.pickleStepId)
  const result = attempt.results.get(step.id)
  return {
    keyword: pickleStep === undefined ? null : gherkin.keyword(pickleStep.astNodeIds),
    text: pickleStep?.text ?? hookName(hooks.get(step.hookId ?? '')),
    status: (result?.status ?? 'UNKNOWN').toLowerCase(),
    us: result === undefined ? 0 : microseconds(result.duration),
    message: result?.message ?? null,
    ...argumentOf(pickleStep),
    notes: (attempt.notes.get(step.id) ?? []).map(textOf),
  }
}

const HOOK_NAMES: Record<string, string> = {
  BEFORE_TEST_CASE: 'before the scenario',
  AFTER_TEST_CASE: 'after the scenario',
}

function hookName(hook: Hook | undefined): string {
  return hook?.name ?? HOOK_NAMES[hook?.type ?? ''] ?? 'hook'
}

function argumentOf(step: PickleStep | undefined): Pick<Step, 'docString' | 'table'> {
  const { docString, dataTable } = step?.argument ?? {}
  return {
    docString: docString?.content ?? null,
    table: dataTable?.rows.map(({ cells }) => cells.map(({ value }) => value)) ?? [],
  }
}
