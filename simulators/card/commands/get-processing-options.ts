import type { Command } from '../../../protocols/apdu/command.ts'
import type { Response } from '../../../protocols/apdu/response.ts'
import { dolLength } from '../../../protocols/tlv/dol.ts'
import { encodeTlv, parseTlv, type Tlv, TlvError } from '../../../protocols/tlv/tlv.ts'
import { answer, refuse } from '../answer.ts'
import { encodeAll } from '../application.ts'
import { atcBytes, type CardState } from '../state.ts'

const LAST_ATC = 0xffff

/** GET PROCESSING OPTIONS, EMV 4.4 Book 3, 6.5.8: begins a transaction, so it counts; once for each selection. */
export function getProcessingOptions(card: CardState, { p1, p2, data }: Command): Response {
  if (p1 !== 0x00 || p2 !== 0x00) return refuse('wrongP1P2')
  if (card.selected === null || card.stage !== 'selected') return refuse('conditionsNotSatisfied')
  if (data === undefined) return refuse('wrongLength')
  const template = commandTemplate(data)
  if (template === null) return refuse('wrongData')
  if (template.value.length !== dolLength(card.selected.pdol)) return refuse('wrongLength')
  // A counter that is used up ends the life of the application (Book 2, 8.1.2).
  if (card.atc === LAST_ATC) return refuse('conditionsNotSatisfied')
  if (card.faults.freezeAtc !== true) card.atc++
  card.stage = 'initiated'
  const values = new Map([...card.selected.data, ['9F36', atcBytes(card)]])
  return answer(encodeTlv('77', encodeAll(card.selected.processingOptions, values)))
}

/** The one data object 83, or null. */
function commandTemplate(data: Uint8Array): Tlv | null {
  try {
    const [template, ...rest] = parseTlv(data)
    return template?.tag === '83' && rest.length === 0 ? template : null
  } catch (error) {
    if (error instanceof TlvError) return null
    throw error
  }
}
