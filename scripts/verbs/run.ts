import { mkdir } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { loadConfiguration, runCucumber } from '@cucumber/cucumber/api'
import { ROOT } from '../../steps/bench/places.ts'
import { loadProfile, type Transport } from '../../steps/bench/profile.ts'
import { EXIT } from '../lib/exit.ts'

export interface RunOptions {
  profile: string
  transport?: Transport
  tags?: string
  name?: string
  report: string
}

/** Runs feature files on one bench and writes `report.html`, `junit.xml` and `messages.ndjson` into the report folder. */
export async function run(paths: string[], options: RunOptions): Promise<number> {
  // Before cucumber starts, so that a wrong profile is a configuration error and not a failed hook.
  loadProfile(options.profile, process.env)
  const report = resolve(process.env.TAPBENCH_CWD ?? '.', options.report)
  await mkdir(report, { recursive: true })
  const { runConfiguration } = await loadConfiguration(
    { file: false, provided: configuration(paths, options, report) },
    { cwd: ROOT },
  )
  const { success } = await runCucumber(runConfiguration, { cwd: ROOT })
  process.stdout.write(`report: ${relative(process.env.TAPBENCH_CWD ?? '.', join(report, 'report.html'))}\n`)
  return success ? EXIT.done : EXIT.unexpected
}

function configuration(paths: string[], { profile, transport, tags, name }: RunOptions, report: string) {
  return {
    paths,
    import: ['steps/hooks.ts', 'steps/parameter-types.ts', 'steps/vocabulary/*.ts'],
    format: [
      'progress',
      `junit:${join(report, 'junit.xml')}`,
      `message:${join(report, 'messages.ndjson')}`,
      `./steps/report/formatter.ts:${join(report, 'report.html')}`,
    ],
    publish: false,
    ...(tags === undefined ? {} : { tags }),
    ...(name === undefined ? {} : { name: [name] }),
    worldParameters: { profile, ...(transport === undefined ? {} : { transport }) },
  }
}
