import { systemClock } from '../../protocols/clock/system-clock.ts'
import { programJournal } from '../common/program-log.ts'
import { configFrom } from './environment.ts'
import { startMerchantAse } from './merchant-ase.ts'
import { registerFromFile } from './merchants-file.ts'

// Runs one merchant ASE from environment variables (see environment.ts) until SIGINT or SIGTERM. MERCHANTS names a file such as
// fixtures/merchants.yaml. The journal goes to stdout as a log (LOG_LEVEL), one JSON document a line; exit code 2 is a wrong configuration.

try {
  const journal = programJournal('merchant-ase', process.env)
  const ase = await startMerchantAse(configFrom(process.env, { clock: systemClock, journal }))
  const { MERCHANTS } = process.env
  if (MERCHANTS !== undefined) await registerFromFile(ase.registry, MERCHANTS)
  journal.record({
    kind: 'fact',
    party: 'merchant-ase',
    text: `POS API ${ase.url}, webhooks ${ase.webhookUrl}, office ${ase.officeUrl ?? 'closed'}`,
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void ase.close())
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
}
