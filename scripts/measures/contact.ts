import type { ContactWork } from './contact-thread.ts'
import { atLeast, type Figure, figure, type MeasureOptions } from './measure.ts'
import { Team } from './team.ts'
import { inTurns } from './turns.ts'

const THREADS = 2
const TARGET = 300
const WARM_UP = 200
const LIMIT_MS = 600_000

/** Contact transactions with CDA, card and terminal in each of two threads, beside the RSA of as many transactions alone. */
export async function measureContact({ rounds }: MeasureOptions): Promise<Figure[]> {
  const team = new Team<ContactWork, null>(new URL('contact-thread.ts', import.meta.url), THREADS)
  try {
    await team.askAll({ what: 'transactions', count: WARM_UP }, LIMIT_MS)
    const cpu: number[] = []
    const transactions = async (count: number) => {
      const before = process.cpuUsage()
      const rate = await perSecond(team, 'transactions', count)
      const { user, system } = process.cpuUsage(before)
      cpu.push((user + system) / 1000 / (count * THREADS))
      return rate
    }
    const { own, floor, ratio } = await inTurns(rounds, transactions, (count) =>
      perSecond(team, 'raw RSA', count),
    )
    return [
      atLeast(`contact transactions, ${THREADS} threads`, own, '/s', TARGET),
      figure('contact transactions, processor time', mean(cpu), 'ms'),
      figure(`their RSA alone, ${THREADS} threads`, floor, '/s'),
      figure('contact transactions, share of RSA', ratio * 100, '%'),
    ]
  } finally {
    await team.close()
  }
}

/** `count`: of each thread. */
async function perSecond(
  team: Team<ContactWork, null>,
  what: ContactWork['what'],
  count: number,
): Promise<number> {
  const started = performance.now()
  await team.askAll({ what, count }, LIMIT_MS)
  return (count * team.size * 1000) / (performance.now() - started)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
