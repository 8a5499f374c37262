import type { Command } from '../../../protocols/apdu/command.ts'
import type { Response } from '../../../protocols/apdu/response.ts'
import { dolLength } from '../../../protocols/tlv/dol.ts'
import { answer, refuse } from '../answer.ts'
import { type CardState, runningOf } from '../state.ts'
import { tornAnswer } from '../torn.ts'

/**
 * RECOVER AC, EMV Contactless Book C-2, 5: the answer to the GENERATE AC of a torn transaction, found by the DRDOL data. When there is none,
 * 6985 (the book wants any other than 9000): the terminal goes on with GENERATE AC.
 */
export function recoverAc(card: CardState, { p1, p2, data }: Command): Response {
  const running = runningOf(card)
  if (running === null) return refuse('conditionsNotSatisfied')
  if (p1 !== 0x00 || p2 !== 0x00) return refuse('wrongP1P2')
  if (data === undefined || data.length !== dolLength(running.application.dols.drdol))
    return refuse('wrongLength')
  const response = tornAnswer(running, data)
  if (response === undefined) return refuse('conditionsNotSatisfied')
  card.stage = 'completed'
  return answer(response)
}
