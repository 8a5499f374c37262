import { readFile } from 'node:fs/promises'
import { openHsm } from '../../hardware/hsm/hsm.ts'
import { openTokenOf } from '../../hardware/hsm/providers/open-token.ts'
import { systemClock } from '../../protocols/clock/system-clock.ts'
import type { Journal } from '../../protocols/journal/journal.ts'
import { machineRandom as random } from '../common/machine-random.ts'
import { programJournal } from '../common/program-log.ts'
import { issueFromFile } from './cardholders-file.ts'
import { startCustomerAse } from './customer-ase.ts'
import { type CustomerAseSettings, settingsFrom } from './environment.ts'

// Runs one customer ASE from environment variables (see environment.ts) until SIGINT or SIGTERM. The journal goes to stdout as a log (LOG_LEVEL), one JSON
// document a line; exit code 2 is a wrong configuration, or a part of it that is not there.

const opened: (() => Promise<void>)[] = []

try {
  await start(settingsFrom(process.env), programJournal('customer-ase', process.env))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void closeAll())
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
  await closeAll()
}

async function start(
  { hsm: hsmSettings, cardholders, tls, ase: settings }: CustomerAseSettings,
  journal: Journal,
): Promise<void> {
  const { interledger: keys } = await open(hsmSettings, settings.transportKey, journal)
  const shown = tls === null ? {} : { tls: await read(tls) }
  const ase = await startCustomerAse({ ...settings, ...shown, keys, clock: systemClock, journal, random })
  opened.push(() => ase.close())
  if (cardholders !== null) await issueFromFile(ase, cardholders.file, cardholders.records)
  const text = `webhooks ${ase.webhookUrl}, rates ${ase.ratesUrl}, decisions ${ase.decisionsUrl}`
  journal.record({ kind: 'fact', party: 'customer-ase', text })
}

async function read({ cert, key }: { cert: string; key: string }) {
  return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') }
}

async function open(
  { token: settings, directory, signers, transportKey }: CustomerAseSettings['hsm'],
  label: string,
  journal: Journal,
) {
  const token = await openTokenOf(settings, directory)
  opened.push(() => token.close())
  const { access, twins, keys } = token
  const hsm = await openHsm({ token: access, twins, keys, signers, journal })
  opened.push(() => hsm.close())
  // A key store that outlives the program has it from the first time.
  if (transportKey !== undefined && token.keys.get(label) === undefined)
    await hsm.interledger.importTransportKey(label, transportKey)
  return hsm
}

// In the reverse order of opening: the issuer before its HSM, the HSM before its token.
async function closeAll(): Promise<void> {
  for (const close of opened.splice(0).reverse()) await close()
}
