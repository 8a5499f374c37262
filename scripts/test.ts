import { spawn } from 'node:child_process'
import { mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { type Outcome, outcomeOf } from './lib/junit.ts'
import { startPrivatePostgres } from './lib/private-postgres.ts'

interface Stage {
  name: string
  command: readonly string[]
  /** What must run meanwhile, and the environment that tells of it. */
  beside?: () => Promise<{ environment: Record<string, string>; close(): Promise<void> }>
  /** What the stage counted, read from what it left behind; a stage that ends badly without a count is one failure. */
  count: (exitCode: number) => Outcome
}

const UNIT_REPORT = 'reports/unit.xml'
const SECOND_LANE = 'reports/second-lane.log'

const one = (exitCode: number): Outcome => ({
  passed: exitCode === 0 ? 1 : 0,
  failed: 0,
  skipped: 0,
  failures: [],
})
const check = (name: string): Stage => ({ name, command: ['npm', 'run', '--silent', name], count: one })
const features = (what: string, transport: string, ...paths: string[]): Stage => ({
  name: `features, ${what}`,
  command: [
    'scripts/tapbench',
    'run',
    '--transport',
    transport,
    '--report',
    `reports/simulator-${what}`,
    ...paths,
  ],
  count: () => junit(`reports/simulator-${what}/junit.xml`),
})

async function postgres() {
  const { url, close } = await startPrivatePostgres()
  return { environment: { DATABASE_URL: url }, close }
}

// The others show no card to a reader: through PC/SC they would do the same once more.
const WITH_CARDS = [
  'card',
  'faults',
  'onboarding/configured-payments.feature',
  'onboarding/hsm.feature',
  'onboarding/payments.feature',
  'payment',
  'terminal',
].map((name) => `features/${name}`)

/** One after the other; they use both cores, or take little. */
const FIRST: readonly Stage[] = [
  check('check:format'),
  check('check:types'),
  check('check:arrows'),
  { name: 'unit tests', command: ['npm', 'run', '--silent', 'unit'], count: () => junit(UNIT_REPORT) },
]

/** Scenarios leave a core idle for half of the time: two lanes at once. What the second says comes when the first has ended. */
const LANES: readonly [readonly Stage[], readonly Stage[]] = [
  [features('loopback', 'loopback')],
  [
    features('pcsc', 'pcsc', ...WITH_CARDS),
    { ...features('postgresql', 'loopback', 'features/payment'), beside: postgres },
  ],
]

const junit = (file: string): Outcome => outcomeOf(readFileSync(file, 'utf8'))

/** Where a stage's output goes, and what is said about it. */
interface Output {
  to: 'inherit' | number
  say(text: string): void
}

const NOW: Output = { to: 'inherit', say: (text) => process.stdout.write(text) }

function intoFile(path: string): Output {
  const to = openSync(path, 'w')
  return { to, say: (text) => writeSync(to, text) }
}

async function run(stage: Stage, { to, say }: Output): Promise<Outcome> {
  say(`\n── ${stage.name}\n`)
  const started = Date.now()
  const exitCode = await exitCodeOf(stage, to).catch((error: Error) => {
    say(`${error.message}\n`)
    return 1
  })
  const count = counted(stage, exitCode)
  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  say(
    `── ${stage.name}: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped, ${seconds} s\n`,
  )
  return count
}

async function exitCodeOf(
  { command: [command = '', ...args], beside }: Stage,
  to: Output['to'],
): Promise<number> {
  const { environment = {}, close } = (await beside?.()) ?? {}
  const env = { ...process.env, ...environment }
  try {
    return await new Promise<number>((resolve) => {
      spawn(command, args, { stdio: ['ignore', to, to], env })
        .on('error', () => resolve(1))
        .on('exit', (code) => resolve(code ?? 1))
    })
  } finally {
    await close?.()
  }
}

function counted(stage: Stage, exitCode: number): Outcome {
  const broken = { failed: 1, failures: [{ name: `ended with exit code ${exitCode}`, says: [] }] }
  try {
    const count = stage.count(exitCode)
    const hollow = count.failed === 0 && (exitCode !== 0 || count.passed === 0)
    return hollow ? { ...count, ...broken } : count
  } catch {
    return { passed: 0, skipped: 0, ...broken }
  }
}

async function runAll(stages: readonly Stage[], output: Output): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const stage of stages) {
    const { failures, ...counts } = await run(stage, output)
    const named = failures.map(({ name, says }) => ({ name: `${stage.name}: ${name}`, says }))
    outcomes.push({ ...counts, failures: named })
  }
  return outcomes
}

async function runLanes([first, second]: typeof LANES): Promise<Outcome[]> {
  const beside = runAll(second, intoFile(SECOND_LANE))
  const outcomes = [...(await runAll(first, NOW)), ...(await beside)]
  NOW.say(readFileSync(SECOND_LANE, 'utf8'))
  return outcomes
}

rmSync('reports', { recursive: true, force: true })
mkdirSync('reports')
const outcomes = [...(await runAll(FIRST, NOW)), ...(await runLanes(LANES))]
const total = {
  passed: sum((outcome) => outcome.passed),
  failed: sum((outcome) => outcome.failed),
  skipped: sum((outcome) => outcome.skipped),
}
// Said again at the end: of a long log the end is what is read.
for (const { name, says } of outcomes.flatMap(({ failures }) => failures))
  process.stdout.write(`\nfailed  ${name}\n${says.map((line) => `        ${line}\n`).join('')}`)
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : ''
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed${skipped}\n`)
process.exitCode = total.failed === 0 ? 0 : 1

function sum(of: (outcome: Outcome) => number): number {
  return outcomes.reduce((total, outcome) => total + of(outcome), 0)
}
