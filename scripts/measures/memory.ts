import { Bench } from '../../steps/bench/bench.ts'
import { loadProfile } from '../../steps/bench/profile.ts'
import { collectGarbage } from '../../steps/bench/side/collect.ts'
import { openLanes } from './lanes.ts'
import { load } from './load.ts'
import { atMost, type Figure, figure } from './measure.ts'

const FIRST = 1_000
const LAST = 20_000
const TARGET_MB = 30

/** How much the bench grows from its 1,000th tap to its 20,000th, as the operating system sees it. */
export async function measureMemory(): Promise<Figure[]> {
  const profile = loadProfile('simulator', process.env)
  const bench = await Bench.start({ ...profile, card: { ...profile.card, transport: 'loopback' } })
  try {
    const lanes = await openLanes(bench, 8)
    await load(FIRST, 8, async (lane) => lanes[lane]?.tap())
    const before = await residentMb(bench)
    await load(LAST - FIRST, 8, async (lane) => lanes[lane]?.tap())
    const after = await residentMb(bench)
    return [
      figure('memory after 1,000 taps', before, 'MB'),
      figure('memory after 20,000 taps', after, 'MB'),
      atMost('memory, growth', after - before, 'MB', TARGET_MB),
    ]
  } finally {
    await bench.close()
  }
}

/** Resident memory of this process, all threads, what can be collected left out. */
async function residentMb({ services: { merchant, customer } }: Bench): Promise<number> {
  await customer.idle()
  await Promise.all([merchant.collect(), customer.collect()])
  collectGarbage()
  return process.memoryUsage.rss() / 1024 / 1024
}
