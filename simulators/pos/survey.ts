import type { Command } from '../../protocols/apdu/command.ts'
import { getData, getProcessingOptions, readRecord, select } from '../../protocols/apdu/commands.ts'
import type { Response } from '../../protocols/apdu/response.ts'
import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { parseAfl } from '../../protocols/emv/afl.ts'
import { buildDol, parseDol } from '../../protocols/tlv/dol.ts'
import { findTag, parseTlv, type Tlv } from '../../protocols/tlv/tlv.ts'
import type { CardSession } from './card-session.ts'

const DIRECTORIES = ['2PAY.SYS.DDF01', '1PAY.SYS.DDF01']
// EMV 4.4 Book 3, 6.5.7 and 5.4: ATC, last online ATC, PIN try counter, log format.
const COUNTERS = ['9F36', '9F13', '9F17', '9F4F']
const OK = 0x9000
// Of a directory file: a card may answer every record number.
const MOST_RECORDS = 32

/**
 * Reads everything a card lets be read without a transaction being made of it: directories, applications, records, counters. What the
 * card refuses or garbles is passed over; the session's APDUs tell. `aids` are tried when the card has no directory. Throws `ReaderError`.
 */
export async function surveyCard(session: CardSession, aids: readonly string[]): Promise<void> {
  const listed = new Set<string>()
  for (const directory of DIRECTORIES) {
    const fci = await ask(session, select(Buffer.from(directory, 'ascii')))
    for (const aid of [...aidsIn(fci), ...(await aidsInFile(session, fci))]) listed.add(aid)
  }
  for (const aid of listed.size > 0 ? listed : aids) await surveyApplication(session, aid)
}

/** The PSE has its entries in the records of a file (EMV 4.4 Book 1, 12.2.3), up to the first that is not there. */
async function aidsInFile(session: CardSession, fci: Tlv[] | null): Promise<string[]> {
  const [sfi = 0] = findTag(fci ?? [], '88')?.value ?? []
  const aids: string[] = []
  for (let record = 1; sfi >= 1 && sfi <= 10 && record <= MOST_RECORDS; record++) {
    const entries = await ask(session, readRecord(sfi, record))
    if (entries === null) break
    aids.push(...aidsIn(entries))
  }
  return aids
}

async function surveyApplication(session: CardSession, aid: string): Promise<void> {
  const fci = await ask(session, select(fromHex(aid)))
  if (fci === null) return
  const options = await ask(session, getProcessingOptions(commandTemplate(fci)))
  for (const { sfi, first, last } of locatorIn(options)) {
    for (let record = first; record <= last; record++) await ask(session, readRecord(sfi, record))
  }
  for (const counter of COUNTERS) await ask(session, getData(counter))
}

/** The data of a good answer, as TLV; null for everything else. */
async function ask(session: CardSession, command: Command): Promise<Tlv[] | null> {
  const answer = await session.send('survey', command)
  return answer.done && answer.value.sw === OK ? readable(answer.value) : null
}

function readable({ data }: Response): Tlv[] | null {
  try {
    return parseTlv(data)
  } catch {
    return null
  }
}

function aidsIn(fci: Tlv[] | null): string[] {
  const entries = fci === null ? [] : all(fci, '4F')
  return entries.map(({ value }) => toHex(value))
}

function all(tlvs: readonly Tlv[], tag: string): Tlv[] {
  return tlvs.flatMap((tlv) => (tlv.tag === tag ? [tlv] : all(tlv.children ?? [], tag)))
}

/** Zeros for whatever the PDOL asks: a survey states no amount. */
function commandTemplate(fci: Tlv[]): Uint8Array {
  try {
    const pdol = findTag(fci, '9F38')
    return pdol === undefined ? new Uint8Array() : buildDol(parseDol(pdol.value), () => undefined)
  } catch {
    return new Uint8Array()
  }
}

// Format 2 has the AFL in tag 94; format 1 behind the two bytes of the AIP (Book 3, 6.5.8.4).
function locatorIn(options: Tlv[] | null): ReturnType<typeof parseAfl> {
  const formatOne = findTag(options ?? [], '80')?.value.subarray(2)
  try {
    return parseAfl(findTag(options ?? [], '94')?.value ?? formatOne ?? new Uint8Array())
  } catch {
    return []
  }
}
