import { Bench } from '../../steps/bench/bench.ts'
import { closing, withClosers } from '../../steps/bench/closer.ts'
import { loadProfile } from '../../steps/bench/profile.ts'
import { type BareExchanges, openBareExchanges } from './bare-exchanges.ts'
import { type Lane, openLanes, tapOn } from './lanes.ts'
import { load } from './load.ts'
import { atLeast, type Figure, figure, type MeasureOptions, percentile } from './measure.ts'
import { inTurns } from './turns.ts'

// What the compilers of JavaScript and of the embedded databases take: the first 500 taps cost twice the CPU of those after 3,000.
const WARM_UP = 3_000
const TARGET = 200
const LANES = 8
/** HTTP exchanges of an approved tap, from the POS API to the issuer's withdrawal. */
const EXCHANGES = 14

/**
 * Taps a second over loopback, embedded Rafiki and SoftHSM2, the journal off: of terminals that were registered by hand, beside as many bare
 * HTTP exchanges as they have, and of onboarded ones, which call over mutual TLS and encipher the account.
 */
export async function measureTaps({ rounds }: MeasureOptions): Promise<Figure[]> {
  const profile = loadProfile('simulator', process.env)
  return withClosers(async (closers) => {
    const card = { ...profile.card, transport: 'loopback' } as const
    const bench = await closing(closers, Bench.start({ ...profile, card }))
    const exchanges = await closing(closers, openBareExchanges())
    const lanes = await openLanes(bench, LANES)
    const onboarded = await openLanes(bench, LANES, { profile: 'interledger', admission: 'onboarded' })
    for (const warm of [lanes, onboarded]) await tapping(warm)(WARM_UP)
    await exchanges.perform(WARM_UP * EXCHANGES, LANES)
    return [
      ...(await alone(lanes, rounds)),
      ...(await together(lanes, exchanges, rounds)),
      ...(await compared(onboarded, lanes, rounds)),
    ]
  })
}

/** So many taps, on so many of the lanes at a time. Gives what each took, in microseconds. */
function tapping(lanes: readonly Lane[], inFlight = LANES): (count: number) => Promise<number[]> {
  return (count) => load(count, inFlight, tapOn(lanes))
}

async function alone(lanes: readonly Lane[], rounds: number): Promise<Figure[]> {
  const started = performance.now()
  const durations = await tapping(lanes, 1)(rounds)
  const perSecond = (rounds * 1000) / (performance.now() - started)
  return [figure(nameOf(1), perSecond, '/s'), ...percentiles(nameOf(1), durations)]
}

async function together(lanes: readonly Lane[], exchanges: BareExchanges, rounds: number): Promise<Figure[]> {
  const durations: number[] = []
  const taps = async (count: number) => {
    durations.push(...(await tapping(lanes)(count)))
  }
  const { own, ratio } = await inTurns(
    rounds,
    meanOf(taps),
    meanOf((count) => exchanges.perform(count * EXCHANGES, LANES)),
  )
  const name = nameOf(LANES)
  return [
    atLeast(name, 1_000_000 / own, '/s', TARGET),
    ...percentiles(name, durations),
    figure(`${name}, to its ${EXCHANGES} HTTP exchanges alone`, ratio, '×'),
  ]
}

function nameOf(inFlight: number): string {
  return `taps, ${inFlight} in flight`
}

function percentiles(name: string, durations: readonly number[]): Figure[] {
  return [
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
  const { own, ratio } = await inTurns(rounds, meanOf(tapping(onboarded)), meanOf(tapping(lanes)))
  return [
    figure(`taps over mutual TLS, ${LANES} in flight`, 1_000_000 / own, '/s'),
    figure('a tap over mutual TLS takes', ratio, '×'),
  ]
}

/** Microseconds of one, however many at a time. */
function meanOf(perform: (count: number) => Promise<unknown>): (count: number) => Promise<number> {
  return async (count) => {
    const started = performance.now()
    await perform(count)
    return ((performance.now() - started) * 1000) / count
  }
}
