import type { Command } from '../../../protocols/apdu/command.ts'
import type { Response } from '../../../protocols/apdu/response.ts'
import { answer, refuse } from '../answer.ts'
import type { CardState } from '../state.ts'

const CHALLENGE_BYTES = 8

/** GET CHALLENGE, EMV 4.4 Book 3, 6.5.6: 8 unpredictable bytes, good for the next command alone. */
export function getChallenge(card: CardState, { p1, p2, data }: Command): Response {
  if (p1 !== 0x00 || p2 !== 0x00) return refuse('wrongP1P2')
  if (data !== undefined) return refuse('wrongLength')
  card.challenge = card.random(CHALLENGE_BYTES)
  return answer(card.challenge)
}
