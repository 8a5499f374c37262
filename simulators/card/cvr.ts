import type { FamilyName } from '../../protocols/emv/cryptograms/families.ts'
import type { Limit } from './risk.ts'
import type { CryptogramType, Event, Running } from './state.ts'

/** What a bit of the Card Verification Results can say. */
type Fact = Event | Limit | keyof typeof DERIVED

/** Facts that follow from several events, or from what the card remembers. */
const DERIVED = {
  pinPerformed: ({ transaction: { events } }) => events.has('pinPassed') || events.has('pinFailed'),
  pinNotPerformed: ({ application, transaction: { events } }) =>
    application.profile.pin !== undefined && !events.has('pinPassed') && !events.has('pinFailed'),
  pinUnsuccessful: ({ transaction: { events } }) => events.has('pinFailed') && !events.has('pinPassed'),
  pinExceeded: ({ application, memory }) => application.profile.pin !== undefined && memory.pinTries === 0,
  cda: ({ transaction: { events } }) => events.has('cdaInFirst') || events.has('cdaInSecond'),
  issuerNotAuthenticated: ({ transaction: { events, first } }) =>
    first === 'arqc' && !events.has('issuerAuthenticated') && !events.has('issuerRefused'),
  issuerPerformed: ({ transaction: { events } }) =>
    events.has('issuerAuthenticated') || events.has('issuerRefused'),
  issuerFailedLast: ({ memory }) => memory.issuerAuthenticationFailed,
  newCard: ({ memory }) => memory.lastOnlineAtc === 0,
  goOnlineNext: ({ memory }) => memory.goOnlineNext,
  scriptReceived: ({ memory }) => memory.scripts > 0,
  scriptFailed: ({ memory }) => memory.scriptFailed !== null,
} as const satisfies Record<string, (running: Running) => boolean>

interface CvrLayout {
  bytes: number
  /** Its own length, where the first byte says it. */
  length?: number
  /** Byte and shift of two bits for the first and the second cryptogram: 0 AAC, 1 TC, 2 ARQC or none. */
  first: readonly [byte: number, shift: number]
  second: readonly [byte: number, shift: number]
  /** Byte and shift of half bytes. */
  pinTries?: readonly [byte: number, shift: number]
  scripts: readonly [byte: number, shift: number]
  flags: readonly (readonly [byte: number, mask: number, fact: Fact])[]
}

/** EMV 4.4 Book 3, Annex C9.3: Common Core Definitions. */
const CCD: CvrLayout = {
  bytes: 5,
  first: [0, 4],
  second: [0, 6],
  pinTries: [1, 4],
  scripts: [3, 4],
  flags: [
    [0, 0x08, 'cda'],
    [0, 0x04, 'ddaPerformed'],
    [0, 0x02, 'issuerNotAuthenticated'],
    [0, 0x01, 'issuerRefused'],
    [1, 0x08, 'pinPerformed'],
    [1, 0x04, 'pinUnsuccessful'],
    [1, 0x02, 'pinExceeded'],
    [1, 0x01, 'lastIncomplete'],
    [2, 0x80, 'lowerCount'],
    [2, 0x40, 'upperCount'],
    [2, 0x10, 'upperAmount'],
    [3, 0x08, 'scriptFailed'],
    [3, 0x02, 'goOnlineNext'],
    [3, 0x01, 'unableOnline'],
  ],
}

/** VIS 1.6, Appendix A: its length first, then three bytes. */
const VISA: CvrLayout = {
  bytes: 4,
  length: 3,
  first: [1, 4],
  second: [1, 6],
  scripts: [3, 4],
  flags: [
    [1, 0x08, 'issuerRefused'],
    [1, 0x04, 'pinPerformed'],
    [1, 0x02, 'pinUnsuccessful'],
    [1, 0x01, 'unableOnline'],
    [2, 0x80, 'lastIncomplete'],
    [2, 0x40, 'pinExceeded'],
    [2, 0x20, 'lowerCount'],
    [2, 0x20, 'upperAmount'],
    [2, 0x10, 'newCard'],
    [2, 0x08, 'issuerFailedLast'],
    [2, 0x04, 'issuerNotAuthenticated'],
    [3, 0x08, 'scriptFailed'],
    [3, 0x02, 'ddaPerformed'],
  ],
}

/** Five bytes with their length in front, of which no public table is known: the bits are those of {@link VISA}, the last byte is 0. */
const FIVE_BYTES: CvrLayout = { ...VISA, bytes: 5, length: 4 }

/** M/Chip 4, Card Verification Results. */
const MCHIP: CvrLayout = {
  bytes: 6,
  first: [0, 4],
  second: [0, 6],
  pinTries: [2, 0],
  scripts: [2, 4],
  flags: [
    [0, 0x04, 'pinPerformed'],
    [0, 0x02, 'pinEnciphered'],
    [0, 0x01, 'pinPassed'],
    [1, 0x80, 'ddaPerformed'],
    [1, 0x40, 'cdaInFirst'],
    [1, 0x20, 'cdaInSecond'],
    [1, 0x10, 'issuerPerformed'],
    [3, 0x80, 'lastIncomplete'],
    [3, 0x40, 'unableOnline'],
    [3, 0x20, 'pinNotPerformed'],
    [3, 0x10, 'pinUnsuccessful'],
    [3, 0x08, 'pinExceeded'],
    [4, 0x80, 'lowerCount'],
    [4, 0x40, 'upperCount'],
    [4, 0x10, 'upperAmount'],
    [4, 0x08, 'goOnlineNext'],
    [4, 0x04, 'issuerRefused'],
    [4, 0x02, 'scriptReceived'],
    [4, 0x01, 'scriptFailed'],
  ],
}

const LAYOUTS: Readonly<Record<FamilyName, CvrLayout>> = {
  'ccd-tdes': CCD,
  'ccd-aes': CCD,
  'visa-cvn-10': VISA,
  'visa-cvn-18': VISA,
  'visa-cvn-22': FIVE_BYTES,
  'mchip-cvn-16': MCHIP,
  'mchip-cvn-17': MCHIP,
  'mchip-cvn-20': MCHIP,
  'mchip-cvn-21': MCHIP,
  'interac-cvn-133': FIVE_BYTES,
}

const CODES: Readonly<Record<CryptogramType, number>> = { aac: 0, tc: 1, arqc: 2 }
const NOT_REQUESTED = 2

/** Card Verification Results of a family, as the transaction stands. */
export function cardVerificationResults(
  family: FamilyName,
  running: Running,
  limits: readonly Limit[],
): Uint8Array {
  const layout = LAYOUTS[family]
  const { first, second } = running.transaction
  const bytes = new Uint8Array(layout.bytes)
  const put = ([byte, shift]: readonly [number, number], value: number) => {
    bytes[byte] = (bytes[byte] ?? 0) | (value << shift)
  }
  if (layout.length !== undefined) put([0, 0], layout.length)
  put(layout.first, first === null ? CODES.aac : CODES[first])
  put(layout.second, second === null ? NOT_REQUESTED : CODES[second])
  if (layout.pinTries !== undefined) put(layout.pinTries, running.memory.pinTries)
  put(layout.scripts, Math.min(running.memory.scripts, 0x0f))
  for (const [byte, mask, fact] of layout.flags)
    if (holds(fact, running, limits)) bytes[byte] = (bytes[byte] ?? 0) | mask
  return bytes
}

function holds(fact: Fact, running: Running, limits: readonly Limit[]): boolean {
  if (fact in DERIVED) return DERIVED[fact as keyof typeof DERIVED](running)
  return running.transaction.events.has(fact as Event) || limits.includes(fact as Limit)
}
