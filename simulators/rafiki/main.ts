import { systemClock } from '../../protocols/clock/system-clock.ts'
import { machineRandom as random } from '../common/machine-random.ts'
import { programJournal } from '../common/program-log.ts'
import { configFrom } from './environment.ts'
import { startRafiki } from './rafiki.ts'

// Runs one Rafiki instance from environment variables (see environment.ts) until SIGINT or SIGTERM. The journal goes to stdout as a log (LOG_LEVEL), one JSON
// document a line; exit code 2 is a wrong configuration.

try {
  const journal = programJournal('rafiki', process.env)
  const config = configFrom(process.env, { clock: systemClock, random, journal })
  const rafiki = await startRafiki(config)
  const { adminUrl, openPaymentsUrl, cardServiceUrl, pointOfSaleUrl, ilpUrl } = rafiki
  const urls = { adminUrl, openPaymentsUrl, cardServiceUrl, pointOfSaleUrl, ilpUrl }
  journal.record({ kind: 'fact', party: config.party, text: JSON.stringify(urls) })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void rafiki.close())
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
}
