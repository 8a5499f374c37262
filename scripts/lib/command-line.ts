import { Command, CommanderError, Option } from 'commander'
import { DUKPT_NAMES } from '../../protocols/dukpt/schemes.ts'
import { TRANSPORTS } from '../../steps/bench/profile.ts'
import { ESTATE } from '../../steps/terminals/kept/place.ts'
import { MEASUREMENTS, NAMED_MEASUREMENTS } from '../measures/names.ts'
import { EXIT, exitCodeOf, explain } from './exit.ts'
import { interruptible } from './interrupt.ts'
import { expecting } from './usage.ts'

type Perform = (verb: () => Promise<number>) => Promise<void>

/** Does what the arguments say and returns the exit code. What is wrong goes to `say`. */
export async function main(args: readonly string[], say: (text: string) => void): Promise<number> {
  let code: number = EXIT.done
  const perform: Perform = async (verb) => {
    code = await interruptible(verb)
  }
  try {
    await commandLine(perform, say).parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    const usage = error instanceof CommanderError
    // Commander has said it already; help that was asked for is no error.
    if (!usage) say(`tapbench: ${explain(error)}\n`)
    return usage && error.exitCode === 0 ? EXIT.done : exitCodeOf(error)
  }
}

function commandLine(perform: Perform, say: (text: string) => void): Command {
  const program = new Command('tapbench')
    .description('Hardware-in-the-loop test and simulation harness for card payments on Interledger.')
    .configureOutput({
      writeErr: say,
      outputError: (text, write) => write(text.replace(/^error:/, 'tapbench:')),
    })
    .exitOverride()
  for (const add of [
    addTap,
    addRun,
    addCard,
    addHsm,
    addTerminals,
    addDecode,
    addRafiki,
    addReconcile,
    addDoctor,
    addBench,
  ])
    add(program, perform)
  return expecting(program)
}

const profile = () =>
  new Option('--profile <name>', 'what is in each socket of the bench: a name or a path').default('simulator')
const composed = () => new Option('--profile <name>', 'which pair: a name or a path').default('docker')
const transport = () =>
  new Option('--transport <transport>', 'how the simulated card is reached').choices(TRANSPORTS)
const folder = () =>
  new Option('--folder <path>', 'where registry, authority and devices are kept').default(ESTATE)
/** As the variable of OpenTelemetry, which says the same. */
const otlp = () =>
  new Option('--otlp <url>', 'send each tap as a trace to this collector (OTLP over HTTP)').argParser(
    (url) => {
      process.env.OTEL_EXPORTER_OTLP_ENDPOINT = url
      return url
    },
  )
/** As the variable, which says the same. */
const log = () =>
  new Option(
    '--log <file>',
    'write a log, a JSON document a line, to this file, or - for standard error',
  ).argParser((file) => {
    process.env.TAPBENCH_LOG = file
    return file
  })
const json = () => new Option('--json', 'print one JSON document and nothing else')

function addTap(program: Command, perform: Perform): void {
  program
    .command('tap')
    .description('one tap from card to Rafiki; prints a timeline, or one JSON document with --json')
    .option(
      '--card <name>',
      'card profile or recording: a name of fixtures/cards or fixtures/recordings, or a path',
      'interledger',
    )
    .option('--terminal <name>', 'terminal profile: a name of fixtures/terminals or a path')
    .option('--device <name>', 'pay with this onboarded terminal: its serial number, as given to onboard')
    .addOption(folder())
    .option('--pin <digits>', 'what the cardholder enters (default: the PIN of the simulated card)')
    .option('--amount <amount>', "in units of the currency (default: 12.50, or a recording's)")
    .option('--currency <code>', "ISO 4217 code (default: EUR, or a recording's)")
    .option('--reader <name>', 'tap whatever card is in this PC/SC reader instead of a simulated one')
    .option('--verbose', 'every APDU, key operation and message in full')
    .addOption(otlp())
    .addOption(log())
    .addOption(transport())
    .addOption(profile())
    .addOption(json())
    .action((options) => perform(async () => (await import('../verbs/tap.ts')).tap(options)))
}

function addRun(program: Command, perform: Perform): void {
  program
    .command('run')
    .description('feature files under a profile; writes an HTML report, JUnit and messages')
    .argument('[paths...]', 'feature files or folders; default: all')
    .option('--tags <expression>', 'only scenarios with these tags, such as "@payment and not @faults"')
    .option('--name <pattern>', 'only scenarios whose name matches')
    .option('--report <folder>', 'where the reports go', 'reports')
    .option('--strict', 'fail also for a known weakness of the stack under test')
    .addOption(otlp())
    .addOption(log())
    .addOption(transport())
    .addOption(profile())
    .action((paths, options) => perform(async () => (await import('../verbs/run.ts')).run(paths, options)))
}

function addCard(program: Command, perform: Perform): void {
  const card = program.command('card').description('simulated cards, and whatever card is in a reader')
  card
    .command('present')
    .description('puts a simulated card into a virtual reader until Ctrl-C, for any other PC/SC program')
    .argument(
      '<name>',
      'card profile or recording: a name of fixtures/cards or fixtures/recordings, or a path',
    )
    .addOption(profile())
    .action(async (name, options) => (await import('../verbs/card-present.ts')).cardPresent(name, options))
  card
    .command('read')
    .description('reads whatever card is in a PC/SC reader and prints it decoded, PAN truncated')
    .option('--reader <name>', 'name of the reader; default: the only one, or the only one with a card')
    .addOption(json())
    .action((options) => perform(async () => (await import('../verbs/card-read.ts')).cardRead(options)))
  card
    .command('record')
    .description('records what the card in a PC/SC reader says, cleaned of PAN and name, for replays')
    .requiredOption('-o, --output <file>', 'where the recording goes, YAML')
    .option('--reader <name>', 'name of the reader; default: the only one, or the only one with a card')
    .option('--title <text>', 'what card this is')
    .option('--tap', 'a whole transaction instead of all that can be read')
    .option('--amount <amount>', 'of the transaction, such as 12.50', '12.50')
    .option('--currency <code>', 'ISO 4217 code', 'EUR')
    .option('--terminal <name>', 'terminal profile: a name of fixtures/terminals or a path', 'default')
    .option('--test-data', 'the card holds published test data alone: keep everything as it is')
    .action((options) => perform(async () => (await import('../verbs/card-record.ts')).cardRecord(options)))
  card
    .command('replay')
    .description('does with a recorded card what was done with it then, and tells what is different')
    .argument('<name>', 'a name of fixtures/recordings or a path')
    .action((name) => perform(async () => (await import('../verbs/card-replay.ts')).cardReplay(name)))
}

function addHsm(program: Command, perform: Perform): void {
  const hsm = program.command('hsm').description('the payment HSM: its modules and its keys')
  hsm
    .command('providers')
    .description('which PKCS#11 module does which operation where, tried on what is installed')
    .addOption(json())
    .action((options) =>
      perform(async () => (await import('../verbs/hsm-providers.ts')).hsmProviders(options)),
    )
  hsm
    .command('keys')
    .description('the keys of the token that TAPBENCH_HSM_… names, as a tree with check values')
    .addOption(json())
    .action((options) => perform(async () => (await import('../verbs/hsm-keys.ts')).hsmKeys(options)))
  hsm
    .command('join')
    .description(
      'gives the empty one of the two tokens that TAPBENCH_HSM_… names the master keys of the other',
    )
    .requiredOption('--so-pin-file <file>', "holds the PIN of the other one's security officer")
    .addOption(json())
    .action((options) => perform(async () => (await import('../verbs/hsm-join.ts')).hsmJoin(options)))
}

function addTerminals(program: Command, perform: Perform): void {
  const terminal = () => new Option('--terminal <name>', "the device's serial number").makeOptionMandatory()
  const verbose = () => new Option('--verbose', 'every message in full')
  const dukpt = (usual: string) =>
    new Option('--dukpt <scheme>', `of its keys: X9.24-3 or X9.24-1; default: ${usual}`).choices(DUKPT_NAMES)
  program
    .command('onboard')
    .description('makes a device a terminal: certificates, then its first keys; prints the ceremony')
    .addOption(terminal())
    .option('--model <model>', 'of a device that is made for it', 'TB-1')
    .option('--merchant <id>', 'whose terminal it becomes', 'shop')
    .addOption(
      new Option('--kind <kind>', 'of its signing key').choices(['Ed25519', 'P-256']).default('Ed25519'),
    )
    .addOption(dukpt('AES'))
    .addOption(folder())
    .addOption(verbose())
    .addOption(json())
    .action((options) => perform(async () => (await import('../verbs/onboard.ts')).onboard(options)))
  program
    .command('rotate')
    .description('gives a terminal new keys; prints the ceremony')
    .addOption(terminal())
    .option('--if-due', 'only when the merchant ASE says that it is due')
    .addOption(dukpt('that of its keys'))
    .addOption(folder())
    .addOption(verbose())
    .addOption(json())
    .action((options) => perform(async () => (await import('../verbs/rotate.ts')).rotate(options)))
  program
    .command('terminals')
    .description('the registry of terminals: state, end of the certificate, keys, when a rotation is due')
    .addOption(folder())
    .addOption(json())
    .action((options) => perform(async () => (await import('../verbs/terminals.ts')).terminals(options)))
}

function addDecode(program: Command, perform: Perform): void {
  program
    .command('decode')
    .description('prints bytes in words: data objects, APDUs, ATRs, TVR and other results; PAN truncated')
    .argument('<hex>', 'hexadecimal digits, or - for standard input')
    .option('--as <kind>', 'what the bytes are, such as tlv, dol, atr, tvr or cvm-list; default: a guess')
    .addOption(json())
    .action((hex, options) =>
      perform(async () => (await import('../verbs/decode.ts')).decodeHex(hex, options)),
    )
}

function addRafiki(program: Command, perform: Perform): void {
  const rafiki = program.command('rafiki').description("the bench's pair of Rafiki")
  rafiki
    .command('status')
    .description('of each service: whether it answers, what is wrong and what to do')
    .addOption(profile())
    .addOption(json())
    .action((options) =>
      perform(async () => (await import('../verbs/rafiki-status.ts')).rafikiStatusVerb(options)),
    )
  rafiki
    .command('up')
    .description('starts the pair of docker-compose.yml and leaves it running')
    .addOption(composed())
    .action((options) => perform(async () => (await import('../verbs/rafiki-pair.ts')).rafikiUp(options)))
  rafiki
    .command('down')
    .description('ends it and deletes its data')
    .addOption(composed())
    .action((options) => perform(async () => (await import('../verbs/rafiki-pair.ts')).rafikiDown(options)))
  rafiki
    .command('build')
    .description("builds stand-ins for Rafiki's images, for machines that reach no registry")
    .option('--base <image>', 'has a C library and libstdc++', 'docker.io/library/debian:bookworm-slim')
    .action((options) => perform(async () => (await import('../verbs/rafiki-build.ts')).rafikiBuild(options)))
  rafiki
    .command('seed')
    .description('gives the pair what fixtures/rafiki/seed.yaml says; what is there stays')
    .addOption(composed())
    .addOption(json())
    .action((options) => perform(async () => (await import('../verbs/rafiki-seed.ts')).rafikiSeed(options)))
}

function addReconcile(program: Command, perform: Perform): void {
  program
    .command('reconcile')
    .description('whether the books of both ASEs (DATABASE_URL) and both Rafikis say the same of a period')
    .option('--from <moment>', 'such as 2026-11-21T09:00:00Z; default: a day before --to')
    .option('--to <moment>', 'default: now')
    .addOption(profile())
    .addOption(json())
    .action((options) => perform(async () => (await import('../verbs/reconcile.ts')).reconcile(options)))
}

function addDoctor(program: Command, perform: Perform): void {
  program
    .command('doctor')
    .description('what this machine has and lacks, and the command that mends it')
    .addOption(json())
    .action((options) => perform(async () => (await import('../verbs/doctor.ts')).doctor(options)))
}

function addBench(program: Command, perform: Perform): void {
  program
    .command('bench')
    .description('measures, side by side with its floors')
    .argument(
      '[names...]',
      `of ${[...MEASUREMENTS, ...NAMED_MEASUREMENTS].join(', ')}; default: all but ${NAMED_MEASUREMENTS.join(', ')}`,
    )
    .option('--rounds <n>', 'rounds of each measurement, at least 500 for figures to quote', '2000')
    .option('--full', 'terminals: 10,000 instead of 1,000')
    .option('--profile <name>', 'share: the profile whose Rafiki it is measured against', 'simulator')
    .option(
      '--seed <n>',
      'what fuzz does by chance, to do it again: 0 to 4294967295; default: another each time',
    )
    .addOption(json())
    .action((names, options) =>
      perform(async () => (await import('../verbs/bench.ts')).bench(names, options)),
    )
}
