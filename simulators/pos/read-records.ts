import { readRecord } from '../../protocols/apdu/commands.ts'
import { describeStatus } from '../../protocols/apdu/status-words.ts'
import type { AflEntry } from '../../protocols/emv/afl.ts'
import { type CardData, collect, templateOf } from './card-data.ts'
import type { CardSession } from './card-session.ts'
import { done, end, reading, type Step } from './step.ts'

/** Reads all records of the Application File Locator, EMV 4.4 Book 3, 10.2. */
export async function readRecords(session: CardSession, afl: readonly AflEntry[]): Promise<Step<CardData>> {
  const data = new Map<string, Uint8Array>()
  for (const { sfi, record } of afl.flatMap(recordsOf)) {
    const name = `READ RECORD ${record} of SFI ${sfi}`
    const answer = await session.send(name, readRecord(sfi, record))
    if (!answer.done) return answer
    const response = answer.value
    if (response.sw !== 0x9000) return end('card_malformed', `${name}: ${describeStatus(response.sw)}`)
    const read = reading(name, () => collect(templateOf(response, '70').children ?? [], data))
    if (!read.done) return read
  }
  return done(data)
}

function recordsOf({ sfi, first, last }: AflEntry): { sfi: number; record: number }[] {
  return Array.from({ length: last - first + 1 }, (_, index) => ({ sfi, record: first + index }))
}
