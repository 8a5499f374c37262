import type { RawSession } from '../../../hardware/pcsc/recording-reader.ts'
import { fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import { commandTitle } from '../../../protocols/emv/describe.ts'
import { clean, keepAll } from './clean.ts'
import { RECORDING_FORMAT, type Recording, RecordingError } from './recording.ts'

export interface RecordingOptions {
  title: string
  /** Milliseconds since 1970. */
  recordedAt: number
  /** What a terminal was told; null for a survey. */
  terminal: Recording['terminal']
  /** The card holds test data: everything stays as it was. */
  testData: boolean
}

/** A recording of what passed a reader, cleaned unless the card holds test data. Throws {@link RecordingError} when no card came. */
export function makeRecording({ atr, exchanges }: RawSession, options: RecordingOptions): Recording {
  if (atr === null) throw new RecordingError('expected a card to record, none came')
  const { title, recordedAt, terminal, testData } = options
  const cleaned = testData ? keepAll(exchanges) : clean(exchanges)
  return {
    format: RECORDING_FORMAT,
    title,
    recordedAt: new Date(recordedAt).toISOString(),
    kind: terminal === null ? 'survey' : 'tap',
    terminal,
    data: cleaned.data,
    atr: toHex(atr),
    exchanges: cleaned.exchanges.map((exchange) => ({
      what: commandTitle(fromHex(exchange.command)),
      ...exchange,
    })),
  }
}
