import { readRecord } from '../../../protocols/apdu/commands.ts'
import type { Response } from '../../../protocols/apdu/response.ts'
import { describeStatus } from '../../../protocols/apdu/status-words.ts'
import type { AflEntry } from '../../../protocols/emv/afl.ts'
import { fromBcd } from '../../../protocols/emv/numeric.ts'
import type { Tlv } from '../../../protocols/tlv/tlv.ts'
import { templateOf } from '../card-data.ts'
import { panOf } from '../emv/card-keys.ts'
import { CardDataError, done, end, reading, type Step } from '../step.ts'
import type { ContactContext } from './context.ts'

const LAST_SFI_OF_EMV = 10

/** Mandatory data objects, EMV 4.4 Book 3, 7.2, with the lengths of Annex A. */
const MANDATORY: readonly { tag: string; shortest: number; longest: number }[] = [
  { tag: '5A', shortest: 1, longest: 10 },
  { tag: '5F24', shortest: 3, longest: 3 },
  { tag: '8C', shortest: 2, longest: 252 },
  { tag: '8D', shortest: 2, longest: 252 },
]

/** Reads all records of the Application File Locator into the data store, EMV 4.4 Book 3, 10.2. */
export async function readApplicationData(
  context: ContactContext,
  afl: readonly AflEntry[],
): Promise<Step<null>> {
  const seen = new Set<string>()
  for (const record of afl.flatMap(recordsOf)) {
    const read = await readOne(context, record, seen)
    if (!read.done) return read
  }
  const { data, note } = context
  note('Read application data', [...seen].join(' ') || 'nothing')
  return reading('application data', () => {
    for (const { tag, shortest, longest } of MANDATORY) checkLength(tag, data.require(tag), shortest, longest)
    if (!/^[0-9]+$/.test(panOf(data)))
      throw new CardDataError('expected decimal digits in 5A (PAN), got others')
    fromBcd(data.require('5F24'))
    return null
  })
}

interface RecordToRead {
  sfi: number
  record: number
  authenticated: boolean
}

async function readOne(
  { session, data, authenticatedRecords }: ContactContext,
  { sfi, record, authenticated }: RecordToRead,
  seen: Set<string>,
): Promise<Step<null>> {
  const name = `READ RECORD ${record} of SFI ${sfi}`
  const answer = await session.send(name, readRecord(sfi, record))
  if (!answer.done) return answer
  const response = answer.value
  if (response.sw !== 0x9000) return end('card_malformed', `${name}: ${describeStatus(response.sw)}`)
  if (authenticated) authenticatedRecords.push({ sfi, bytes: response.data })
  // 10.2: what files 11 to 30 hold is the payment system's or the issuer's own.
  if (sfi > LAST_SFI_OF_EMV) return done(null)
  return reading(name, () => {
    data.addRecord(templateIn(response), seen)
    return null
  })
}

/** The data objects of a record, which is one template 70 and nothing else (Book 3, 6.5.11.4). */
function templateIn(response: Response): readonly Tlv[] {
  const { value, children = [] } = templateOf(response, '70')
  const { data } = response
  // The TLV reader skips filler around a template; a record has no room for it.
  const whole = data[0] === 0x70 && value.byteOffset + value.length === data.byteOffset + data.length
  if (!whole) throw new CardDataError('expected nothing before or after template 70, got more bytes')
  return children
}

function recordsOf({ sfi, first, last, offline }: AflEntry): RecordToRead[] {
  return Array.from({ length: last - first + 1 }, (_, index) => ({
    sfi,
    record: first + index,
    authenticated: index < offline,
  }))
}

function checkLength(tag: string, value: Uint8Array, shortest: number, longest: number): void {
  if (value.length < shortest || value.length > longest)
    throw new CardDataError(`expected ${shortest} to ${longest} bytes in ${tag}, got ${value.length}`)
}
