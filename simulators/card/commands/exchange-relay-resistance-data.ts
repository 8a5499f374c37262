import type { Command } from '../../../protocols/apdu/command.ts'
import type { Response } from '../../../protocols/apdu/response.ts'
import { concat, fromHex } from '../../../protocols/bytes/bytes.ts'
import { encodeTlv } from '../../../protocols/tlv/tlv.ts'
import { answer, refuse } from '../answer.ts'
import { type CardState, proceed, runningOf } from '../state.ts'

const ENTROPY_BYTES = 4

/**
 * EXCHANGE RELAY RESISTANCE DATA, EMV Contactless Book C-2, 5: the card's entropy for the terminal's, and how long it takes. The terminal may
 * ask again; the last exchange is what CDA signs.
 */
export function exchangeRelayResistanceData(card: CardState, { p1, p2, data }: Command): Response {
  const times = runningOf(card)?.application.profile.relayResistance
  if (times === undefined) return refuse('conditionsNotSatisfied')
  if (p1 !== 0x00 || p2 !== 0x00) return refuse('wrongP1P2')
  if (data?.length !== ENTROPY_BYTES) return refuse('wrongLength')
  const { shortest, longest, transmission } = times
  const told = concat(card.random(ENTROPY_BYTES), fromHex(shortest), fromHex(longest), fromHex(transmission))
  proceed(card, { relay: concat(data, told) })
  return answer(encodeTlv('80', told))
}
