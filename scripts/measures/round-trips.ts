import { measureFloor, measureRoundTrips, type RoundTripOptions } from '../../hardware/pcsc/round-trips.ts'
import { fromHex } from '../../protocols/bytes/bytes.ts'
import { type CardSlot, openSlot } from '../../steps/bench/card-slot.ts'
import { closing, withClosers } from '../../steps/bench/closer.ts'
import { temporaryFolder } from '../../steps/bench/folder.ts'
import { BenchClock } from '../../steps/bench-clock.ts'
import { issueTestCard } from './cards.ts'
import { atMost, type Figure, figure, type MeasureOptions } from './measure.ts'
import { inTurns } from './turns.ts'

// SELECT of the PPSE: short command, answer of ordinary length.
const COMMAND = fromHex('00A404000E325041592E5359532E444446303100')
const TARGET = 1.5

/** One APDU through PC/SC, beside a C program on the same virtual card. */
export async function measureApdus({ rounds, cacheDirectory }: MeasureOptions): Promise<Figure[]> {
  return withClosers(async (closers) => {
    const { path: directory } = await closing(closers, temporaryFolder())
    const clock = new BenchClock()
    closers.push(() => clock.close())
    const slot = await closing(closers, openSlot('pcsc', directory, clock))
    await slot.insert(await issueTestCard(directory, closers))
    const options = (count: number) => ({ command: COMMAND, rounds: count, warmUp: 100 })
    const floor = { reader: slot.reader.name, socket: slot.socket ?? '', cacheDirectory }
    const compared = await inTurns(
      rounds,
      async (count) => (await throughReader(slot, options(count))).p50Us,
      async (count) => (await measureFloor(floor, options(count))).p50Us,
    )
    return [
      figure('APDU through PC/SC, p50', compared.own, 'µs'),
      figure('APDU of the C program, p50', compared.floor, 'µs'),
      atMost('APDU, ratio to the C program', compared.ratio, '×', TARGET),
    ]
  })
}

async function throughReader({ reader }: CardSlot, options: RoundTripOptions) {
  const connection = await reader.connect(5_000)
  try {
    return await measureRoundTrips(connection, options)
  } finally {
    await connection.disconnect()
  }
}
