import { Bench } from '../../steps/bench/bench.ts'
import { loadProfile } from '../../steps/bench/profile.ts'
import { openLanes } from './lanes.ts'
import { load } from './load.ts'
import { atLeast, type Figure, figure, type MeasureOptions, percentile } from './measure.ts'

// What the compilers of JavaScript and of the embedded databases take: the first 500 taps cost twice the CPU of those after 3,000.
const WARM_UP = 3_000
const TARGET = 200

/** Taps a second over loopback, embedded Rafiki and SoftHSM2, the journal off. */
export async function measureTaps({ rounds }: MeasureOptions): Promise<Figure[]> {
  const profile = loadProfile('simulator', process.env)
  const bench = await Bench.start({ ...profile, card: { ...profile.card, transport: 'loopback' } })
  try {
    const lanes = await openLanes(bench, 8)
    await load(WARM_UP, 8, async (lane) => lanes[lane]?.tap())
    return [...(await measured(lanes, 1, rounds)), ...(await measured(lanes, 8, rounds))]
  } finally {
    await bench.close()
  }
}

async function measured(
  lanes: Awaited<ReturnType<typeof openLanes>>,
  inFlight: number,
  rounds: number,
): Promise<Figure[]> {
  const started = performance.now()
  const durations = await load(rounds, inFlight, async (lane) => lanes[lane]?.tap())
  const perSecond = (rounds * 1000) / (performance.now() - started)
  const name = `taps, ${inFlight} in flight`
  return [
    inFlight === 8 ? atLeast(name, perSecond, '/s', TARGET) : figure(name, perSecond, '/s'),
    figure(`${name}, p50`, percentile(durations, 0.5) / 1000, 'ms'),
    figure(`${name}, p95`, percentile(durations, 0.95) / 1000, 'ms'),
  ]
}
