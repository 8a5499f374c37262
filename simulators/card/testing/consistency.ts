import { parseCommand } from '../../../protocols/apdu/command.ts'
import { ApduError } from '../../../protocols/apdu/error.ts'
import { parseResponse } from '../../../protocols/apdu/response.ts'
import { dolLength } from '../../../protocols/tlv/dol.ts'
import { SW } from '../answer.ts'
import type { Application } from '../application.ts'
import type { Memory } from '../memory.ts'
import type { CardState } from '../state.ts'

/** One command, what the card answered, and what it knew before and after. */
export interface Exchange {
  command: Uint8Array
  answer: Uint8Array
  before: Readonly<CardState>
  after: Readonly<CardState>
}

/** The same of one application. */
interface Change {
  application: Application
  before: Memory
  after: Memory
  ins: number
  sw: number
}

const INS = { applicationUnblock: 0x18, verify: 0x20, pinChange: 0x24, getProcessingOptions: 0xa8 }
/** With EXTERNAL AUTHENTICATE and GENERATE AC comes a Card Status Update, which sets the counter (EMV 4.4 Book 3, Annex C10). */
const CARD_STATUS_UPDATE = [0x82, 0xae]
const LAST_ATC = 0xffff
const MOST_TRIES = 15
const MOST_DATA = 256

/** Status words that have data, Book 3, 6.3.5. */
const WITH_DATA: readonly number[] = [SW.ok, SW.blocked]
const STATUS_WORDS: readonly number[] = Object.values(SW)

const CARD_RULES: Readonly<Record<string, (exchange: Exchange) => boolean>> = {
  'a status word of EMV 4.4 Book 3, 6.3.5': ({ answer }) => isKnown(parseResponse(answer).sw),
  'data with 9000 and 6283 alone': ({ answer }) => {
    const { sw, data } = parseResponse(answer)
    return data.length === 0 || WITH_DATA.includes(sw)
  },
  'no more data than Le': ({ command, answer }) => parseResponse(answer).data.length <= leOf(command),
  'a blocked card to stay blocked': ({ before, after }) => after.blocked || !before.blocked,
  'other applications to be left alone': ({ before, after }) =>
    after.applications.every(
      (application, index) =>
        application === after.selected || before.memories[index] === after.memories[index],
    ),
  'a selected application exactly when it is past idle': ({ after: { stage, selected } }) =>
    (stage === 'idle') === (selected === null),
  'a transaction exactly from GET PROCESSING OPTIONS on': ({ after: { stage, transaction } }) =>
    (stage === 'idle' || stage === 'selected') === (transaction === null),
}

const MEMORY_RULES: Readonly<Record<string, (change: Change) => boolean>> = {
  'the ATC to rise by one with GET PROCESSING OPTIONS alone (Book 3, 6.5.8)': ({ before, after, ins, sw }) =>
    after.atc === before.atc + (ins === INS.getProcessingOptions && sw === SW.ok ? 1 : 0),
  'an ATC of two bytes, not behind the last online one': ({ after }) =>
    after.atc <= LAST_ATC && after.lastOnlineAtc <= after.atc,
  'a blocked application to stay blocked but for APPLICATION UNBLOCK': ({ before, after, ins, sw }) =>
    after.blocked || !before.blocked || (ins === INS.applicationUnblock && sw === SW.ok),
  'PIN tries from 0 to 15': ({ after }) => isCount(after.pinTries, MOST_TRIES),
  'PIN tries to change by VERIFY and by the issuer alone': pinTriesFit,
  'a PIN of 4 to 12 digits': ({ after }) => after.pin === null || /^[0-9]{4,12}$/.test(after.pin),
  'whole counters': ({ after }) =>
    isCount(after.offlineCount) && isCount(after.offlineAmount) && isCount(after.scripts, MOST_TRIES),
  'a log as long as its format and no longer than its file': ({ application, after }) =>
    after.log.length <= (application.log?.records ?? 0) &&
    after.log.every((entry) => entry.length === dolLength(application.dols.logFormat)),
  'torn transactions as the profile has room for': ({ application, after }) =>
    after.torn.length <= application.profile.tornLog &&
    after.torn.every(({ key }) => key.length === dolLength(application.dols.drdol)),
  'written values that PUT DATA may write, as long as they were': ({ application, after }) =>
    [...after.written].every(
      ([tag, value]) =>
        application.profile.putData.includes(tag) && value.length === application.data.get(tag)?.length,
    ),
  'written records in place of others': ({ application, after }) =>
    [...after.records.keys()].every((place) => {
      const [sfi, record] = place.split('/').map(Number)
      return application.records.get(sfi ?? 0)?.has(record ?? 0) === true
    }),
}

/** The rules that one exchange breaks, in words; none for a card that is whole. */
export function brokenRules(exchange: Exchange): string[] {
  const { before, after, command, answer } = exchange
  const ins = command[1] ?? 0
  const { sw } = parseResponse(answer)
  const ofCard = Object.entries(CARD_RULES).filter(([, holds]) => !holds(exchange))
  const ofMemories = after.applications.flatMap((application, index) => {
    const [was, is] = [before.memories[index], after.memories[index]]
    if (was === undefined || is === undefined || was === is) return []
    return Object.entries(MEMORY_RULES).filter(
      ([, holds]) => !holds({ application, before: was, after: is, ins, sw }),
    )
  })
  return [...ofCard, ...ofMemories].map(([rule]) => `expected ${rule}`)
}

function isKnown(sw: number): boolean {
  return STATUS_WORDS.includes(sw) || sw >> 4 === 0x63c || sw >> 8 === 0x6c
}

function pinTriesFit({ application, before, after, ins, sw }: Change): boolean {
  if (after.pinTries === before.pinTries || CARD_STATUS_UPDATE.includes(ins)) return true
  if (ins === INS.verify && sw >> 4 === 0x63c)
    return after.pinTries === before.pinTries - 1 && after.pinTries === (sw & 0x0f)
  const restored = after.pinTries === application.profile.pin?.tries
  return restored && sw === SW.ok && (ins === INS.verify || ins === INS.pinChange)
}

/** What the command lets come back; nothing said is 256, see `Card`. */
function leOf(command: Uint8Array): number {
  try {
    return parseCommand(command).le ?? MOST_DATA
  } catch (error) {
    if (error instanceof ApduError) return 0
    throw error
  }
}

function isCount(value: number, most = Number.MAX_SAFE_INTEGER): boolean {
  return Number.isInteger(value) && value >= 0 && value <= most
}
