import { systemClock } from '../../../protocols/clock/system-clock.ts'
import { machineRandom as random } from '../../common/machine-random.ts'
import { programJournal } from '../../common/program-log.ts'
import { ROLES } from './environment.ts'
import { startProgram } from './programs.ts'

// Runs one of Rafiki's programs, as the image of the Dockerfile does: `node main.ts ROLE`, with the variables of the real one, until SIGINT or
// SIGTERM. The journal goes to stdout as a log (LOG_LEVEL), one JSON document a line; exit code 2 is a wrong configuration.

try {
  const journal = programJournal(`rafiki ${process.argv[2]}`, process.env)
  const role = ROLES.find((one) => one === process.argv[2])
  if (role === undefined) throw new Error(`expected one of ${ROLES.join(', ')}, got "${process.argv[2]}"`)
  const program = await startProgram(role, process.env, {
    host: '0.0.0.0',
    clock: systemClock,
    random,
    journal,
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void program.close())
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
}
