import { Bench } from '../../steps/bench/bench.ts'
import { loadProfile } from '../../steps/bench/profile.ts'
import { type Lane, openLanes } from './lanes.ts'
import { load } from './load.ts'
import { atLeast, type Figure, figure, type MeasureOptions, percentile } from './measure.ts'
import { inTurns } from './turns.ts'

// What the compilers of JavaScript and of the embedded databases take: the first 500 taps cost twice the CPU of those after 3,000.
const WARM_UP = 3_000
const TARGET = 200
const LANES = 8

/**
 * Taps a second over loopback, embedded Rafiki and SoftHSM2, the journal off: of terminals that were registered by hand, and of onboarded
 * ones, which call over mutual TLS and encipher the account.
 */
export async function measureTaps({ rounds }: MeasureOptions): Promise<Figure[]> {
  const profile = loadProfile('simulator', process.env)
  const bench = await Bench.start({ ...profile, card: { ...profile.card, transport: 'loopback' } })
  try {
    const lanes = await openLanes(bench, LANES)
    const onboarded = await openLanes(bench, LANES, { profile: 'interledger', admission: 'onboarded' })
    for (const warm of [lanes, onboarded]) await load(WARM_UP, LANES, async (lane) => warm[lane]?.tap())
    return [
      ...(await measured(lanes, 1, rounds)),
      ...(await measured(lanes, LANES, rounds)),
      ...(await compared(onboarded, lanes, rounds)),
    ]
  } finally {
    await bench.close()
  }
}

async function measured(lanes: readonly Lane[], inFlight: number, rounds: number): Promise<Figure[]> {
  const started = performance.now()
  const durations = await load(rounds, inFlight, async (lane) => lanes[lane]?.tap())
  const perSecond = (rounds * 1000) / (performance.now() - started)
  const name = `taps, ${inFlight} in flight`
  return [
    inFlight === LANES ? atLeast(name, perSecond, '/s', TARGET) : figure(name, perSecond, '/s'),
    figure(`${name}, p50`, percentile(durations, 0.5) / 1000, 'ms'),
    figure(`${name}, p95`, percentile(durations, 0.95) / 1000, 'ms'),
  ]
}

/** Onboarded terminals beside the others, taking turns. */
async function compared(
  onboarded: readonly Lane[],
  lanes: readonly Lane[],
  rounds: number,
): Promise<Figure[]> {
  const { own, ratio } = await inTurns(rounds, meanOf(onboarded), meanOf(lanes))
  return [
    figure(`taps over mutual TLS, ${LANES} in flight`, 1_000_000 / own, '/s'),
    figure('a tap over mutual TLS takes', ratio, '×'),
  ]
}

/** Microseconds a tap, all lanes together. */
function meanOf(lanes: readonly Lane[]): (count: number) => Promise<number> {
  return async (count) => {
    const started = performance.now()
    await load(count, LANES, async (lane) => lanes[lane]?.tap())
    return ((performance.now() - started) * 1000) / count
  }
}
