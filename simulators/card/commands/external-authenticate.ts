import type { Command } from '../../../protocols/apdu/command.ts'
import type { Response } from '../../../protocols/apdu/response.ts'
import { answer, refuse } from '../answer.ts'
import { authenticateIssuer } from '../issuer.ts'
import { type CardState, runningOf } from '../state.ts'

const SHORTEST = 8
const LONGEST = 16

/** EXTERNAL AUTHENTICATE, EMV 4.4 Book 3, 6.5.4: the issuer's answer (tag 91), once in a transaction. */
export function externalAuthenticate(card: CardState, { p1, p2, data }: Command): Response {
  const running = runningOf(card)
  if (running === null) return refuse('conditionsNotSatisfied')
  if (p1 !== 0x00 || p2 !== 0x00) return refuse('wrongP1P2')
  if (data === undefined || data.length < SHORTEST || data.length > LONGEST) return refuse('wrongLength')
  const { events } = running.transaction
  if (events.has('issuerAuthenticated') || events.has('issuerRefused'))
    return refuse('conditionsNotSatisfied')
  return authenticateIssuer(card, data) ? answer(new Uint8Array()) : refuse('authenticationFailed')
}
