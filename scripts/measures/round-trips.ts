import { measureFloor, measureRoundTrips, type RoundTripOptions } from '../../hardware/pcsc/round-trips.ts'
import { fromHex } from '../../protocols/bytes/bytes.ts'
import { type CardSlot, openSlot } from '../../steps/bench/card-slot.ts'
import { closing, withClosers } from '../../steps/bench/closer.ts'
import { temporaryFolder } from '../../steps/bench/folder.ts'
import { BenchClock } from '../../steps/bench-clock.ts'
import { issueTestCard } from './cards.ts'
import { atMost, type Figure, figure, type MeasureOptions, percentile } from './measure.ts'

// SELECT of the PPSE: short command, answer of ordinary length.
const COMMAND = fromHex('00A404000E325041592E5359532E444446303100')
// In turns, so that whatever else the machine does falls on both alike.
const TURNS = 5
const TARGET = 1.5

/** One APDU through PC/SC, beside a C program on the same virtual card. */
export async function measureApdus({ rounds, cacheDirectory }: MeasureOptions): Promise<Figure[]> {
  return withClosers(async (closers) => {
    const { path: directory } = await closing(closers, temporaryFolder())
    const clock = new BenchClock()
    closers.push(() => clock.close())
    const slot = await closing(closers, openSlot('pcsc', directory, clock))
    await slot.insert(await issueTestCard(directory, closers))
    return inTurns(slot, { command: COMMAND, rounds: Math.ceil(rounds / TURNS), warmUp: 100 }, cacheDirectory)
  })
}

async function inTurns(slot: CardSlot, options: RoundTripOptions, cacheDirectory: string): Promise<Figure[]> {
  const ours: number[] = []
  const floors: number[] = []
  const ratios: number[] = []
  for (let turn = 0; turn < TURNS; turn++) {
    const floor = await measureFloor(
      { reader: slot.reader.name, socket: slot.socket ?? '', cacheDirectory },
      options,
    )
    const own = await throughReader(slot, options)
    floors.push(floor.p50Us)
    ours.push(own.p50Us)
    ratios.push(own.p50Us / floor.p50Us)
  }
  return [
    figure('APDU through PC/SC, p50', percentile(ours, 0.5), 'µs'),
    figure('APDU of the C program, p50', percentile(floors, 0.5), 'µs'),
    atMost('APDU, ratio to the C program', percentile(ratios, 0.5), '×', TARGET),
  ]
}

async function throughReader({ reader }: CardSlot, options: RoundTripOptions) {
  const connection = await reader.connect(5_000)
  try {
    return await measureRoundTrips(connection, options)
  } finally {
    await connection.disconnect()
  }
}
