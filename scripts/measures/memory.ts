import { Bench } from '../../steps/bench/bench.ts'
import { loadProfile } from '../../steps/bench/profile.ts'
import { collectGarbage } from '../../steps/bench/threads/collect.ts'
import { openLanes, tapOn } from './lanes.ts'
import { load } from './load.ts'
import { atMost, type Figure, figure } from './measure.ts'

const TAPS = 20_000
/**
 * It is looked at after so many taps, each time without garbage: what V8 collects late, glibc does not give back, because blocks that are held
 * lie between (measured: 35 MB more when it is looked at twice alone).
 */
const EACH = 1_000
const TARGET_MB = 30

/** How much the bench grows from its 1,000th tap to its 20,000th, as the operating system sees it, and the most in between. */
export async function measureMemory(): Promise<Figure[]> {
  const profile = loadProfile('simulator', process.env)
  const bench = await Bench.start({ ...profile, card: { ...profile.card, transport: 'loopback' } })
  try {
    const lanes = await openLanes(bench, 8)
    const held: number[] = []
    while (held.length * EACH < TAPS) {
      await load(EACH, 8, tapOn(lanes))
      held.push(await residentMb(bench))
    }
    const [before = 0] = held
    const after = held.at(-1) ?? 0
    return [
      figure('memory after 1,000 taps', before, 'MB'),
      figure('memory, the most of twenty looks', Math.max(...held), 'MB'),
      figure('memory after 20,000 taps', after, 'MB'),
      atMost('memory, growth', after - before, 'MB', TARGET_MB),
    ]
  } finally {
    await bench.close()
  }
}

/** Resident memory of this process, all threads, what can be collected left out. */
async function residentMb({ services: { customer, parts } }: Bench): Promise<number> {
  await customer.idle()
  await Promise.all(parts.map((part) => part.collect()))
  collectGarbage()
  return process.memoryUsage.rss() / 1024 / 1024
}
