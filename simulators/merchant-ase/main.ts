import { systemClock as clock } from '../../protocols/clock/system-clock.ts'
import type { Journal } from '../../protocols/journal/journal.ts'
import { programJournal } from '../common/program-log.ts'
import { configFrom } from './environment.ts'
import { startMerchantAse } from './merchant-ase.ts'
import { registerFromFile } from './merchants-file.ts'
import { terminalsFrom } from './terminals-environment.ts'
import { openTerminals } from './terminals-program.ts'

// Runs one merchant ASE from environment variables (see environment.ts and, for terminals that are onboarded, terminals-environment.ts) until SIGINT or
// SIGTERM. MERCHANTS names a file such as fixtures/merchants.yaml. The journal goes to stdout as a log (LOG_LEVEL), one JSON document a line; exit code 2 is
// a wrong configuration, or a part of it that is not there.

const opened: (() => Promise<void>)[] = []

try {
  await start(programJournal('merchant-ase', process.env))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void closeAll())
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
  await closeAll()
}

async function start(journal: Journal): Promise<void> {
  const config = configFrom(process.env, { clock, journal })
  const settings = terminalsFrom(process.env)
  const terminals = settings && (await openTerminals(settings, { clock, journal, opened }))
  const ase = await startMerchantAse({ ...config, ...(terminals && { terminals }) })
  opened.push(() => ase.close())
  const { MERCHANTS } = process.env
  if (MERCHANTS !== undefined) await registerFromFile(ase.registry, MERCHANTS)
  const places = [
    `POS API ${ase.url}, webhooks ${ase.webhookUrl}, office ${ase.officeUrl ?? 'closed'}`,
    ...(ase.terminals === null ? [] : [`terminals ${ase.terminals.url}`]),
  ]
  journal.record({ kind: 'fact', party: 'merchant-ase', text: places.join(', ') })
}

// In the reverse order of opening: the ASE before its HSM, the HSM before its token.
async function closeAll(): Promise<void> {
  for (const close of opened.splice(0).reverse()) await close()
}
