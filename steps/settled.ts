import type { Bench } from './bench/bench.ts'
import type { ScenarioJournal } from './scenario-journal.ts'

const ENDS = new Set(['outgoing_payment.completed', 'outgoing_payment.failed'])

/**
 * Waits until the issuer was told how each payment that it funded ended, and has done its part: the terminal hears of the money before the
 * issuer does. Throws when it is not told within the journal's patience.
 */
export async function settled(journal: ScenarioJournal, bench: Bench): Promise<void> {
  const funded = journal.entries.filter(
    (entry) => entry.kind === 'decision' && entry.party === 'customer-ase' && entry.word === 'approved',
  ).length
  const ended = () =>
    journal.entries.filter(
      (entry) => entry.kind === 'webhook' && entry.verdict === 'taken' && ENDS.has(entry.type),
    ).length
  await journal.until(`the end of ${funded} funded payments`, () => ended() >= funded)
  await bench.services.customer.idle()
}
