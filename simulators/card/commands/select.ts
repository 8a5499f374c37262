import type { Command } from '../../../protocols/apdu/command.ts'
import type { Response } from '../../../protocols/apdu/response.ts'
import { equal } from '../../../protocols/bytes/bytes.ts'
import { encodeTlv } from '../../../protocols/tlv/tlv.ts'
import { answer, refuse, SW } from '../answer.ts'
import { type Application, encodeAll } from '../application.ts'
import { DIRECTORY_SFI } from '../directory.ts'
import type { CardState } from '../state.ts'

/** Names of the Payment System Environment, EMV 4.4 Book 1, 11.3.2, and of the Proximity one, EMV Contactless Book B, 3.3.1. */
const PSE = Buffer.from('1PAY.SYS.DDF01', 'ascii')
const PPSE = Buffer.from('2PAY.SYS.DDF01', 'ascii')
const BY_NAME = 0x04
const FIRST = 0x00
const NEXT = 0x02

/** SELECT, EMV 4.4 Book 1, 11.3: by name, also by its beginning; P2 says the first or the next application of that name. */
export function select(card: CardState, { p1, p2, data }: Command): Response {
  // CARD BLOCK, Book 3, 6.5.3.
  if (card.blocked) return refuse('functionNotSupported')
  if (p1 !== BY_NAME) return refuse('functionNotSupported')
  if (p2 !== FIRST && p2 !== NEXT) return refuse('wrongP1P2')
  if (data === undefined || data.length > 16) return refuse('wrongLength')
  if (p2 === FIRST && card.directory === 'ppse' && equal(data, PPSE))
    return selectEnvironment(card, ppse(card))
  if (p2 === FIRST && card.directory === 'pse' && equal(data, PSE)) return selectEnvironment(card, pse(card))
  const found = findApplication(card, data, p2 === NEXT)
  // What was selected stays selected (ISO/IEC 7816-4, 11.2.1).
  return found === undefined ? refuse('fileNotFound') : selectApplication(card, found)
}

function selectApplication(card: CardState, application: Application): Response {
  leave(card, 'selected')
  card.selected = application
  const blocked = card.memories[card.applications.indexOf(application)]?.blocked === true
  return { data: application.fci, sw: blocked ? SW.blocked : SW.ok }
}

function selectEnvironment(card: CardState, fci: Uint8Array): Response {
  leave(card, 'idle')
  card.selected = null
  card.inDirectory = card.directory === 'pse'
  return answer(fci)
}

function leave(card: CardState, stage: 'idle' | 'selected'): void {
  card.stage = stage
  card.transaction = null
  card.inDirectory = false
}

/** EMV 4.4 Book 1, 11.3.4, table 43: the file of the directory, and what holds for all applications. */
function pse({ applications }: CardState): Uint8Array {
  const data = applications[0]?.data ?? new Map<string, Uint8Array>()
  const more = encodeAll(
    ['5F2D', '9F11'].filter((tag) => data.has(tag)),
    data,
  )
  const proprietary = [encodeTlv('88', Uint8Array.of(DIRECTORY_SFI)), ...more]
  return encodeTlv('6F', [encodeTlv('84', PSE), encodeTlv('A5', proprietary)])
}

/** EMV Contactless Book B, table 3-2: directory entries 61 within BF0C. */
function ppse({ applications }: CardState): Uint8Array {
  const entries = applications.map(({ entry }) => entry)
  return encodeTlv('6F', [encodeTlv('84', PPSE), encodeTlv('A5', encodeTlv('BF0C', entries))])
}

/** Book 1, 12.3.3: the next one follows the application that is selected. */
function findApplication(card: CardState, name: Uint8Array, next: boolean): Application | undefined {
  const { selected, applications } = card
  if (next && selected === null) return undefined
  const start = next && selected !== null ? applications.indexOf(selected) + 1 : 0
  return applications
    .slice(start)
    .find(({ aid }) => name.length <= aid.length && equal(aid.subarray(0, name.length), name))
}
