import type { Command } from '../../../protocols/apdu/command.ts'
import type { Response } from '../../../protocols/apdu/response.ts'
import { equal } from '../../../protocols/bytes/bytes.ts'
import { encodeTlv } from '../../../protocols/tlv/tlv.ts'
import { answer, refuse } from '../answer.ts'
import type { Application } from '../application.ts'
import type { CardState } from '../state.ts'

/** Name of the Proximity Payment System Environment, EMV Contactless Book B, 3.3.1. */
const PPSE = Buffer.from('2PAY.SYS.DDF01', 'ascii')
const BY_NAME = 0x04
const FIRST = 0x00
const NEXT = 0x02

/** SELECT, EMV 4.4 Book 1, 11.3: by name, also by its beginning; P2 says the first or the next application of that name. */
export function select(card: CardState, { p1, p2, data }: Command): Response {
  if (p1 !== BY_NAME) return refuse('functionNotSupported')
  if (p2 !== FIRST && p2 !== NEXT) return refuse('wrongP1P2')
  if (data === undefined || data.length > 16) return refuse('wrongLength')
  if (p2 === FIRST && equal(data, PPSE)) return selectEnvironment(card)
  const found = findApplication(card, data, p2 === NEXT)
  // What was selected stays selected (ISO/IEC 7816-4, 11.2.1).
  if (found === undefined) return refuse('fileNotFound')
  card.selected = found
  card.stage = 'selected'
  return answer(found.fci)
}

function selectEnvironment(card: CardState): Response {
  card.selected = null
  card.stage = 'idle'
  return answer(environment(card.applications))
}

/** EMV Contactless Book B, table 3-2: directory entries 61 within BF0C. */
function environment(applications: readonly Application[]): Uint8Array {
  const entries = applications.map(({ aid, label, priority }) =>
    encodeTlv('61', [encodeTlv('4F', aid), encodeTlv('50', label), encodeTlv('87', Uint8Array.of(priority))]),
  )
  return encodeTlv('6F', [encodeTlv('84', PPSE), encodeTlv('A5', encodeTlv('BF0C', entries))])
}

/** Book 1, 12.3.2: the next one follows the application that is selected. */
function findApplication(card: CardState, name: Uint8Array, next: boolean): Application | undefined {
  const { selected, applications } = card
  if (next && selected === null) return undefined
  const start = next && selected !== null ? applications.indexOf(selected) + 1 : 0
  return applications
    .slice(start)
    .find(({ aid }) => name.length <= aid.length && equal(aid.subarray(0, name.length), name))
}
