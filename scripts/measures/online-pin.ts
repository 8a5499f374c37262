import { Bench } from '../../steps/bench/bench.ts'
import { loadProfile } from '../../steps/bench/profile.ts'
import { openLanes, tapOn } from './lanes.ts'
import { load } from './load.ts'
import { atMost, type Figure, figure, type MeasureOptions, percentile } from './measure.ts'
import { inTurns } from './turns.ts'

const LANES = 8
/** Just below, and at, the amount from which on the card wants a PIN. */
const WITHOUT = 4_999n
const WITH = 5_000n
const WARM_UP = 1_000
const TARGET = 1.25

/** What a tap with online PIN costs beside one without: same cards, same onboarded terminals, taking turns. The journal is off. */
export async function measureOnlinePin({ rounds }: MeasureOptions): Promise<Figure[]> {
  const profile = loadProfile('simulator', process.env)
  const bench = await Bench.start({ ...profile, card: { ...profile.card, transport: 'loopback' } })
  try {
    const lanes = await openLanes(bench, LANES, { profile: 'interledger-pin', admission: 'onboarded' })
    for (const amount of [WITHOUT, WITH]) await load(WARM_UP, LANES, tapOn(lanes, amount))
    const alone = await compared(rounds, async (count, amount) => {
      return percentile(await load(count, 1, tapOn(lanes, amount)), 0.5)
    })
    const together = await compared(rounds, async (count, amount) => {
      const started = performance.now()
      await load(count, LANES, tapOn(lanes, amount))
      return ((performance.now() - started) * 1000) / count
    })
    return [...figures('1 in flight, p50', alone), ...figures(`${LANES} in flight, mean`, together)]
  } finally {
    await bench.close()
  }
}

type Comparison = Awaited<ReturnType<typeof compared>>

function compared(rounds: number, measure: (count: number, amount: bigint) => Promise<number>) {
  return inTurns(
    rounds,
    (count) => measure(count, WITH),
    (count) => measure(count, WITHOUT),
  )
}

function figures(how: string, { own, floor, ratio }: Comparison): Figure[] {
  return [
    figure(`tap with PIN, ${how}`, own / 1000, 'ms'),
    figure(`tap without, ${how}`, floor / 1000, 'ms'),
    atMost(`PIN costs, ${how}`, ratio, '×', TARGET),
  ]
}
