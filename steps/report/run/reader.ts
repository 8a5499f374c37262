import {
  type Attachment,
  type Envelope,
  type Hook,
  type Meta,
  type Pickle,
  type TestCase,
  type TestCaseFinished,
  type TestCaseStarted,
  TimeConversion,
} from '@cucumber/messages'
import type { MatrixColumn } from '../../../hardware/hsm/capabilities/matrix.ts'
import { WEAKNESS_MEDIA_TYPE } from '../../weakness/weaknesses.ts'
import {
  BENCH_MEDIA_TYPE,
  benchOf,
  JOURNAL_MEDIA_TYPE,
  journalOf,
  MATRIX_MEDIA_TYPE,
  matrixOf,
  weaknessOf,
} from './attachment.ts'
import { GherkinIndex } from './gherkin-index.ts'
import type { Feature, Run, Scenario } from './run.ts'
import { type Attempt, scenarioOf } from './scenario.ts'

type Kind = keyof Envelope
type Takers = { readonly [K in Kind]?: (message: NonNullable<Envelope[K]>) => void }

/** Folds the messages of a run into what the report shows. It never throws: what cannot be read becomes a problem of the run. */
export class RunReader {
  readonly #gherkin = new GherkinIndex()
  readonly #hooks = new Map<string, Hook>()
  readonly #pickles = new Map<string, Pickle>()
  readonly #testCases = new Map<string, TestCase>()
  readonly #attempts = new Map<string, Attempt>()
  readonly #bench = new Map<string, Set<string>>()
  readonly #hsm = new Map<string, MatrixColumn>()
  readonly #problems = new Set<string>()
  #meta: Meta | null = null
  #startedAt: number | null = null
  #finishedAt: number | null = null
  #success: boolean | null = null

  readonly #takers: Takers = {
    meta: (meta) => {
      this.#meta = meta
    },
    parseError: ({ message }) => this.#problems.add(message),
    gherkinDocument: (document) => this.#gherkin.take(document),
    hook: (hook) => this.#hooks.set(hook.id, hook),
    pickle: (pickle) => this.#pickles.set(pickle.id, pickle),
    testCase: (testCase) => this.#testCases.set(testCase.id, testCase),
    testRunStarted: ({ timestamp }) => {
      this.#startedAt = milliseconds(timestamp)
    },
    testRunHookFinished: ({ result }) => {
      if (result.status === 'FAILED') this.#problems.add(result.message ?? 'a hook around the run failed')
    },
    testCaseStarted: (started) => this.#start(started),
    attachment: (attachment) => this.#attach(attachment),
    testStepFinished: ({ testCaseStartedId, testStepId, testStepResult }) =>
      this.#attempts.get(testCaseStartedId)?.results.set(testStepId, testStepResult),
    testCaseFinished: (finished) => this.#finish(finished),
    testRunFinished: ({ timestamp, success, message }) => {
      this.#finishedAt = milliseconds(timestamp)
      this.#success = success
      if (message !== undefined) this.#problems.add(message)
    },
  }

  take(envelope: Envelope): void {
    for (const kind of Object.keys(envelope) as Kind[]) this.#dispatch(kind, envelope)
  }

  /** The run as far as it was told. */
  run(): Run {
    return {
      startedAt: this.#startedAt,
      us:
        this.#startedAt === null || this.#finishedAt === null
          ? null
          : (this.#finishedAt - this.#startedAt) * 1_000,
      success: this.#success,
      meta: this.#meta,
      bench: this.#bench,
      hsm: [...this.#hsm.values()],
      features: this.#features(),
      problems: [...this.#problems],
    }
  }

  #dispatch<K extends Kind>(kind: K, envelope: Envelope): void {
    const message = envelope[kind]
    if (message !== undefined) this.#takers[kind]?.(message as NonNullable<Envelope[K]>)
  }

  #start(started: TestCaseStarted): void {
    const testCase = this.#testCases.get(started.testCaseId)
    const pickle = this.#pickles.get(testCase?.pickleId ?? '')
    if (testCase === undefined || pickle === undefined) return
    const told = { results: new Map(), notes: new Map(), journal: [], weaknesses: [], us: null }
    this.#attempts.set(started.id, { started, testCase, pickle, ...told })
  }

  #finish({ testCaseStartedId, timestamp, willBeRetried }: TestCaseFinished): void {
    const attempt = this.#attempts.get(testCaseStartedId)
    if (attempt === undefined) return
    attempt.us = (milliseconds(timestamp) - milliseconds(attempt.started.timestamp)) * 1_000
    if (willBeRetried) this.#attempts.delete(testCaseStartedId)
  }

  #attach(attachment: Attachment): void {
    const attempt = this.#attempts.get(attachment.testCaseStartedId ?? '')
    try {
      if (attachment.mediaType === BENCH_MEDIA_TYPE) this.#describeBench(attachment)
      else if (attachment.mediaType === MATRIX_MEDIA_TYPE)
        for (const column of matrixOf(attachment)) this.#hsm.set(column.title, column)
      else if (attachment.mediaType === JOURNAL_MEDIA_TYPE) attempt?.journal.push(...journalOf(attachment))
      else if (attachment.mediaType === WEAKNESS_MEDIA_TYPE) attempt?.weaknesses.push(weaknessOf(attachment))
      else attempt?.notes.set(...noteOf(attachment, attempt.notes))
    } catch (error) {
      this.#problems.add(String(error))
    }
  }

  #describeBench(attachment: Attachment): void {
    for (const [name, text] of benchOf(attachment))
      this.#bench.set(name, (this.#bench.get(name) ?? new Set()).add(text))
  }

  #features(): Feature[] {
    const features = new Map<string, Feature & { scenarios: Scenario[] }>()
    const context = { gherkin: this.#gherkin, hooks: this.#hooks }
    for (const attempt of this.#attempts.values()) {
      const { uri } = attempt.pickle
      const { name = uri, description = '' } = this.#gherkin.feature(uri) ?? {}
      const feature = features.get(uri) ?? { uri, name, description, scenarios: [] }
      feature.scenarios.push(scenarioOf(attempt, context))
      features.set(uri, feature)
    }
    return [...features.values()].sort((a, b) => a.uri.localeCompare(b.uri))
  }
}

const milliseconds = TimeConversion.timestampToMillisecondsSinceEpoch

function noteOf(attachment: Attachment, notes: Attempt['notes']): [stepId: string, notes: Attachment[]] {
  const stepId = attachment.testStepId ?? ''
  return [stepId, [...(notes.get(stepId) ?? []), attachment]]
}
