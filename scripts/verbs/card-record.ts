import { writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { PcscReader } from '../../hardware/pcsc/pcsc-reader.ts'
import type { CardReader } from '../../hardware/pcsc/reader.ts'
import { RecordingReader } from '../../hardware/pcsc/recording-reader.ts'
import { toHex } from '../../protocols/bytes/bytes.ts'
import type { Clock } from '../../protocols/clock/clock.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { makeRecording } from '../../simulators/card/recording/make-recording.ts'
import { type Recording, recordingText } from '../../simulators/card/recording/recording.ts'
import { machineRandom } from '../../simulators/common/machine-random.ts'
import { parsePrice } from '../../steps/bench/money.ts'
import { BenchClock } from '../../steps/bench-clock.ts'
import { EXIT } from '../lib/exit.ts'
import { type Conditions, tapAlone } from '../lib/lone-terminal.ts'
import { onlyReader } from '../lib/only-reader.ts'
import { survey } from '../lib/survey.ts'

export interface RecordOptions {
  reader?: string
  output: string
  title?: string
  tap?: boolean
  amount: string
  currency: string
  terminal: string
  testData?: boolean
}

export interface RecordDeps {
  clock: Clock
  /** Makes the unpredictable number of a transaction. */
  random: (length: number) => Uint8Array
}

const SCHEMA = join(import.meta.dirname, '../../fixtures/recordings/schema.json')

/** Records what the card in a PC/SC reader says, cleaned; exit code 1 when there is no card. */
export async function cardRecord(options: RecordOptions): Promise<number> {
  const reader = new PcscReader({ name: options.reader ?? onlyReader() })
  const clock = new BenchClock()
  try {
    const recording = await record(reader, options, {
      clock,
      random: machineRandom,
    })
    if (recording === null) {
      process.stderr.write(`tapbench: ${reader.name}: expected a card to record, none came\n`)
      return EXIT.unexpected
    }
    await writeFile(
      options.output,
      recordingText(recording, relative(dirname(resolve(options.output)), SCHEMA)),
    )
    process.stdout.write(summary(recording, options.output))
    return EXIT.done
  } finally {
    reader.close()
    clock.close()
  }
}

/** What the card in a reader says to a survey, or to a whole transaction; null when there is no card. Throws `ReaderError`. */
export async function record(
  reader: CardReader,
  options: RecordOptions,
  { clock, random }: RecordDeps,
): Promise<Recording | null> {
  const recorder = new RecordingReader(reader)
  const recordedAt = clock.now()
  const terminal = options.tap ? conditionsOf(options, recordedAt, random(4)) : null
  if (terminal === null) await survey(recorder, clock)
  else await tapAlone(recorder, terminal, { clock, journal: silentJournal })
  if (recorder.session.atr === null) return null
  const title = options.title ?? `a card in ${reader.name}`
  return makeRecording(recorder.session, { title, recordedAt, terminal, testData: options.testData === true })
}

function conditionsOf(
  { terminal: profile, amount, currency, testData }: RecordOptions,
  now: number,
  unpredictableNumber: Uint8Array,
): Conditions {
  return {
    profile,
    // The card is told seconds.
    at: new Date(Math.floor(now / 1000) * 1000).toISOString(),
    amount: parsePrice(amount, currency).value.toString(),
    currency,
    offlineDataAuthentication: testData === true,
    unpredictableNumber: toHex(unpredictableNumber),
  }
}

function summary({ exchanges, data }: Recording, file: string): string {
  const lists: [string, readonly string[]][] = [
    ['replaced', data.replaced],
    ['blanked', data.blanked],
    ['kept, but no longer verifiable', data.unverifiable],
  ]
  const said = lists
    .filter(([, tags]) => tags.length > 0)
    .map(([word, tags]) => `  ${word}: ${tags.join(' ')}\n`)
  const kind = data.test ? '  kept as it was: declared to be test data\n' : said.join('')
  return `${exchanges.length} commands recorded in ${file}\n${kind}`
}
