import { Bench } from '../../steps/bench/bench.ts'
import { loadProfile } from '../../steps/bench/profile.ts'
import { collectGarbage } from '../../steps/bench/threads/collect.ts'
import { openLanes, tapOn } from './lanes.ts'
import { load } from './load.ts'
import { atMost, type Figure, figure } from './measure.ts'

/**
 * Taps after which it is looked at. Garbage is collected each time: of one collection after 20,000 taps under load, glibc gives back only
 * a part (measured: 40 MB more).
 */
const LOOKS = [1_000, 2_000, 3_000, 5_000, 8_000, 12_000, 16_000, 20_000]
const TARGET_MB = 30

/** How much the bench grows from its 1,000th tap to its 20,000th, as the operating system sees it, and the most in between. */
export async function measureMemory(): Promise<Figure[]> {
  const profile = loadProfile('simulator', process.env)
  const bench = await Bench.start({ ...profile, card: { ...profile.card, transport: 'loopback' } })
  try {
    const lanes = await openLanes(bench, 8)
    const held: number[] = []
    let done = 0
    for (const look of LOOKS) {
      await load(look - done, 8, tapOn(lanes))
      done = look
      held.push(await residentMb(bench))
    }
    const [before = 0] = held
    const after = held.at(-1) ?? 0
    return [
      figure('memory after 1,000 taps', before, 'MB'),
      figure('memory, the most of eight looks', Math.max(...held), 'MB'),
      figure('memory after 20,000 taps', after, 'MB'),
      atMost('memory, growth', after - before, 'MB', TARGET_MB),
    ]
  } finally {
    await bench.close()
  }
}

/** Resident memory of this process, all threads, what can be collected left out. */
async function residentMb({ services: { customer, threads } }: Bench): Promise<number> {
  await customer.idle()
  await Promise.all(threads.map((thread) => thread.collect()))
  collectGarbage()
  return process.memoryUsage.rss() / 1024 / 1024
}
