import { readRecord, select } from '../../../protocols/apdu/commands.ts'
import type { Response } from '../../../protocols/apdu/response.ts'
import { describeStatus } from '../../../protocols/apdu/status-words.ts'
import { fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import { requireTag, type Tlv } from '../../../protocols/tlv/tlv.ts'
import { type CardData, dataOf, mandatory, optional, templateOf } from '../card-data.ts'
import type { CardSession } from '../card-session.ts'
import { CardDataError, done, end, reading, type Step } from '../step.ts'
import type { ContactApplication } from './settings.ts'

/** An application that both sides have. */
export interface Candidate {
  /** The card's name of it, upper-case hexadecimal. */
  aid: string
  label: string
  /** 1 (first) to 15; 16 when the card gives it no place (EMV 4.4 Book 1, 12.2.3). */
  priority: number
  /** The cardholder has to agree (bit 8 of 87). */
  needsConfirmation: boolean
  /** The terminal's side of it. */
  application: ContactApplication
}

const PSE = new TextEncoder().encode('1PAY.SYS.DDF01')
const NOT_SUPPORTED = 0x6a81
const RECORD_NOT_FOUND = 0x6a83
const BLOCKED = 0x6283
const NO_PRIORITY = 16
const LAST_RECORD = 255
// A card that names its next application for ever would otherwise never end.
const MOST_OF_ONE_NAME = 16

export interface Selection {
  session: CardSession
  applications: readonly ContactApplication[]
  note: (step: string, detail: string) => void
}

/** What card and terminal have in common, best first: EMV 4.4 Book 1, 12.3. */
export async function buildCandidateList(selection: Selection): Promise<Step<Candidate[]>> {
  const listed = await candidatesOfPse(selection)
  if (!listed.done) return listed
  const found = listed.value.length > 0 ? listed : await candidatesOfNames(selection)
  if (!found.done) return found
  const sorted = found.value.sort((a, b) => a.priority - b.priority)
  const words = sorted.map(({ aid, label, priority }) => `${aid} ${label} (${priority})`)
  selection.note('Candidate list', words.join(', ') || 'empty')
  return done(sorted)
}

/** The directory of the card, 12.3.2; empty when there is none, it is blocked or cannot be read: then the list of names decides. */
async function candidatesOfPse(selection: Selection): Promise<Step<Candidate[]>> {
  const { session, note } = selection
  const answer = await session.send('SELECT 1PAY.SYS.DDF01', select(PSE))
  if (!answer.done) return answer
  const { sw } = answer.value
  if (sw === NOT_SUPPORTED) return end('card_blocked', `SELECT: ${describeStatus(sw)}`)
  if (sw !== 0x9000) {
    note('Payment system environment', describeStatus(sw))
    return done([])
  }
  const sfi = reading('PSE', () => directoryFile(answer.value))
  if (sfi.done) return readDirectory(selection, sfi.value)
  note('Payment system environment', sfi.outcome.reason ?? '')
  return done([])
}

function directoryFile(response: Response): number {
  const fci = templateOf(response, '6F').children ?? []
  requireTag(fci, '84')
  const proprietary = requireTag(fci, 'A5')
  const [sfi = 0] = mandatory(dataOf(proprietary), '88', 1)
  // Book 1, 12.2.3: 1 to 10.
  if (sfi < 1 || sfi > 10) throw new CardDataError(`expected an SFI (88) of 1 to 10, got ${sfi}`)
  return sfi
}

async function readDirectory(
  { session, applications, note }: Selection,
  sfi: number,
): Promise<Step<Candidate[]>> {
  const found: Candidate[] = []
  for (let record = 1; record <= LAST_RECORD; record++) {
    const name = `READ RECORD ${record} of SFI ${sfi}`
    const answer = await session.send(name, readRecord(sfi, record))
    if (!answer.done) return answer
    const response = answer.value
    if (response.sw === RECORD_NOT_FOUND) break
    const read =
      response.sw === 0x9000
        ? reading(name, () => entriesOf(response, applications))
        : end('card_malformed', describeStatus(response.sw))
    if (read.done) found.push(...read.value)
    else {
      // 12.3.2: a directory that cannot be read is as none.
      note('Payment system environment', read.outcome.reason ?? '')
      return done([])
    }
  }
  return done(found)
}

function entriesOf(response: Response, applications: readonly ContactApplication[]): Candidate[] {
  return (templateOf(response, '70').children ?? [])
    .filter(({ tag }) => tag === '61')
    .flatMap((entry) => candidateOfEntry(entry, applications))
}

function candidateOfEntry(entry: Tlv, applications: readonly ContactApplication[]): Candidate[] {
  const data = dataOf(entry)
  // An entry without a name is a directory, which EMV has no more, or broken: not an application (12.2.3).
  const name = data.get('4F')
  if (name === undefined || name.length < 5 || name.length > 16) return []
  const aid = toHex(name)
  const application = applications.find((own) => isMatch(own, aid))
  return application === undefined ? [] : [candidateOf(aid, data, application)]
}

/** 12.3.1: the same name, or one that begins with it when the terminal takes partial names. */
function isMatch({ aid, partial }: ContactApplication, name: string): boolean {
  return partial ? name.startsWith(aid) : name === aid
}

/** The terminal's list of names, 12.3.3. */
async function candidatesOfNames(selection: Selection): Promise<Step<Candidate[]>> {
  const found: Candidate[] = []
  for (const application of selection.applications) {
    const more = await candidatesOfName(selection, application)
    if (!more.done) return more
    found.push(...more.value.filter(({ aid }) => found.every((other) => other.aid !== aid)))
  }
  return done(found)
}

async function candidatesOfName(
  { session, note }: Selection,
  application: ContactApplication,
): Promise<Step<Candidate[]>> {
  const found: Candidate[] = []
  for (let round = 0; round < MOST_OF_ONE_NAME; round++) {
    const name = `SELECT ${application.aid}${round === 0 ? '' : ', next'}`
    const answer = await session.send(name, select(fromHex(application.aid), round > 0))
    if (!answer.done) return answer
    const response = answer.value
    if (response.sw === NOT_SUPPORTED) return end('card_blocked', `${name}: ${describeStatus(response.sw)}`)
    const candidate = namedBy(response, application, name, note)
    // A card that answers with the same name again does not know the next occurrence.
    if (candidate === null || found.some(({ aid }) => aid === candidate.aid)) break
    if (response.sw === 0x9000 && isMatch(application, candidate.aid)) found.push(candidate)
    // Only a longer name leaves room for another one.
    if (candidate.aid === application.aid) break
  }
  return done(found)
}

/** The application that an answer names, also a blocked one; null when it names none that begins with the terminal's name. */
function namedBy(
  response: Response,
  application: ContactApplication,
  name: string,
  note: Selection['note'],
): Candidate | null {
  if (response.sw !== 0x9000 && response.sw !== BLOCKED) return null
  if (response.sw === BLOCKED) note('Candidate list', `${name}: application blocked`)
  const read = reading(name, () => {
    const data = dataOf(templateOf(response, '6F'))
    return candidateOf(toHex(mandatory(data, '84', 5, 16)), data, application)
  })
  if (!read.done) note('Candidate list', `${name}: ${read.outcome.reason}`)
  return read.done && read.value.aid.startsWith(application.aid) ? read.value : null
}

function candidateOf(aid: string, data: CardData, application: ContactApplication): Candidate {
  const [indicator = 0] = optional(data, '87', 1) ?? []
  return {
    aid,
    label: textOf(data.get('50')) || aid,
    priority: indicator & 0x0f || NO_PRIORITY,
    needsConfirmation: (indicator & 0x80) !== 0,
    application,
  }
}

function textOf(label: Uint8Array | undefined): string {
  const text = Buffer.from(label ?? []).toString('latin1')
  return text.replace(/[^\x20-\x7e]/g, '?').trim()
}
