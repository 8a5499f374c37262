import { mkdir } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import {
  type IRunConfiguration,
  type ISourcesCoordinates,
  loadConfiguration,
  loadSources,
  runCucumber,
} from '@cucumber/cucumber/api'
import { loadTerminalProfile } from '../../simulators/pos/profile.ts'
import { Bench } from '../../steps/bench/bench.ts'
import { ROOT } from '../../steps/bench/places.ts'
import { ConfigurationError, loadProfile, type Profile, type Transport } from '../../steps/bench/profile.ts'
import { shareBench } from '../../steps/bench/shared.ts'
import type { Parameters } from '../../steps/hooks.ts'
import { benchLog } from '../../steps/log/bench-log.ts'
import { takeWeaknesses, weaknessLines } from '../../steps/weakness/weaknesses.ts'
import { EXIT } from '../lib/exit.ts'
import {
  keepOutput,
  REPORT_FILES,
  readDatabases,
  readLog,
  readReports,
  searchFor,
} from '../lib/secret-search.ts'

export interface RunOptions {
  profile: string
  transport?: Transport
  tags?: string
  name?: string
  report: string
  /** Fails the run also for a known weakness of the stack under test. */
  strict?: boolean
}

/**
 * Runs feature files on one bench and writes `report.html`, `junit.xml` and `messages.ndjson` into the report folder; exit code 1 when a
 * scenario failed, or a report, a database or the output holds a secret of the bench.
 */
export async function run(paths: string[], options: RunOptions): Promise<number> {
  const profile = loadProfile(options.profile, process.env)
  await loadTerminalProfile(profile.pos.terminal)
  const report = resolve(options.report)
  // A file that cannot be written is told of before anything starts.
  benchLog()
  const { runConfiguration } = await loadConfiguration(
    { file: false, provided: configuration(paths, options, report) },
    { cwd: ROOT },
  )
  await requireScenarios(runConfiguration.sources)
  await mkdir(report, { recursive: true })
  const done = await runOn(
    { ...profile, card: { ...profile.card, ...transportOf(options) } },
    runConfiguration,
    report,
  )
  process.stdout.write(`report: ${relative('.', join(report, REPORT_FILES.html))}\n`)
  return done ? EXIT.done : EXIT.unexpected
}

async function runOn(profile: Profile, configuration: IRunConfiguration, report: string): Promise<boolean> {
  const output = keepOutput()
  const bench = await Bench.start(profile)
  try {
    shareBench(bench)
    const { success } = await runCucumber(configuration, { cwd: ROOT })
    for (const line of weaknessLines(takeWeaknesses())) process.stdout.write(`${line}\n`)
    const files = [...(await readReports(report)), ...(await readLog(benchLog().file))]
    const written = [...files, ...(await readDatabases(bench)), ...output.read()]
    const findings = searchFor(bench.secrets, written)
    for (const finding of findings) process.stderr.write(`tapbench: ${finding}\n`)
    return success && findings.length === 0
  } finally {
    output.stop()
    await bench.close()
  }
}

/** A run of nothing would end well. */
async function requireScenarios(sources: ISourcesCoordinates): Promise<void> {
  const { plan, errors } = await loadSources(sources, { cwd: ROOT }).catch((error: Error) => {
    const { message } = error.cause instanceof Error ? error.cause : error
    throw new ConfigurationError(`expected --tags and --name to be understood, got: ${message}`)
  })
  if (errors.length > 0)
    throw new ConfigurationError(errors.map(({ uri, message }) => `${uri}: ${message}`).join('\n'))
  if (plan.length > 0) return
  const { paths, names, tagExpression } = sources
  const wanted = [...names.map((name) => `name ${name}`), ...(tagExpression ? [`tags ${tagExpression}`] : [])]
  throw new ConfigurationError(
    `expected scenarios in ${paths.map((path) => relative('.', path)).join(', ')}${wanted.map((one) => `, ${one}`).join('')}, found none`,
  )
}

function transportOf({ transport }: RunOptions) {
  return transport === undefined ? {} : { transport }
}

function configuration(paths: string[], { profile, tags, name, strict = false }: RunOptions, report: string) {
  return {
    paths: paths.length > 0 ? paths.map((path) => resolve(path)) : [join(ROOT, 'features')],
    import: ['steps/hooks.ts', 'steps/parameter-types.ts', 'steps/vocabulary/*.ts'],
    format: [
      'progress',
      `junit:${join(report, REPORT_FILES.junit)}`,
      `message:${join(report, REPORT_FILES.messages)}`,
      `./steps/report/formatter.ts:${join(report, REPORT_FILES.html)}`,
    ],
    publish: false,
    ...(tags === undefined ? {} : { tags }),
    ...(name === undefined ? {} : { name: [name] }),
    worldParameters: { profile, strict } satisfies Parameters,
  }
}
