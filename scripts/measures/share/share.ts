import { correlate } from '../../../protocols/journal/correlate.ts'
import { MemoryJournal } from '../../../protocols/journal/memory-journal.ts'
import { Bench } from '../../../steps/bench/bench.ts'
import { ConfigurationError, loadProfile, type Profile } from '../../../steps/bench/profile.ts'
import { sharedMicroseconds } from '../../../steps/bench/threads/wire.ts'
import { type Lane, openLanes } from '../lanes.ts'
import { atMost, type Figure, figure, type MeasureOptions, percentile } from '../measure.ts'
import { type TapTimes, timesOf } from './tap-times.ts'

// A tap takes most of a second there.
const MOST_TAPS = 200
const WARM_UP = 50
const TARGET_PERCENT = 5

/** How much of a tap's time is the harness's, when Rafiki is a real one: taps one after the other, by their journals. */
export async function measureShare({ rounds, profile: name }: MeasureOptions): Promise<Figure[]> {
  const profile = loadProfile(name, process.env)
  requireRafikiApart(profile, name)
  const bench = await Bench.start({ ...profile, card: { ...profile.card, transport: 'loopback' } })
  try {
    const [lane] = await openLanes(bench, 1)
    if (lane === undefined) throw new Error('expected a lane')
    for (let tap = 0; tap < WARM_UP; tap++) await timedTap(bench, lane)
    const taps: TapTimes[] = []
    for (let tap = 0; tap < Math.min(rounds, MOST_TAPS); tap++) taps.push(await timedTap(bench, lane))
    return figuresOf(taps)
  } finally {
    await bench.close()
  }
}

function requireRafikiApart({ rafiki }: Profile, name: string): void {
  if (rafiki.socket !== 'embedded') return
  throw new ConfigurationError(
    `expected a profile whose rafiki.socket is docker or external, that of "${name}" is embedded: ` +
      'the share of the harness is measured against a Rafiki of its own, name it with --profile',
  )
}

async function timedTap(bench: Bench, lane: Lane): Promise<TapTimes> {
  const journal = new MemoryJournal(sharedMicroseconds)
  await bench.recordTo(journal)
  const began = sharedMicroseconds()
  await lane.tap()
  const ended = sharedMicroseconds()
  // What a thread has recorded is here when it answers.
  const { merchant, customer } = bench.services
  await Promise.all([merchant.record(true), customer.idle()])
  await bench.recordTo()
  return timesOf(correlate(journal.entries), [began - journal.beganUs, ended - journal.beganUs])
}

function figuresOf(taps: readonly TapTimes[]): Figure[] {
  const sum = (part: keyof TapTimes) => taps.reduce((total, tap) => total + tap[part], 0)
  const median = (part: keyof TapTimes) =>
    percentile(
      taps.map((tap) => tap[part]),
      0.5,
    ) / 1_000
  return [
    figure('a tap on this Rafiki, p50', median('total'), 'ms'),
    figure("harness's part of it, p50", median('harness'), 'ms'),
    figure('of it before Rafiki is asked, p50', median('before'), 'ms'),
    figure("of it the issuer's turn, p50", median('meanwhile'), 'ms'),
    figure("of it after Rafiki's answer, p50", median('after'), 'ms'),
    atMost('share of the harness', (100 * sum('harness')) / sum('total'), '%', TARGET_PERCENT),
  ]
}
