import type { Command } from '../../../protocols/apdu/command.ts'
import type { Response } from '../../../protocols/apdu/response.ts'
import { encodeTlv } from '../../../protocols/tlv/tlv.ts'
import { answer, refuse } from '../answer.ts'
import { atcBytes, type CardState } from '../state.ts'

const READABLE: Record<number, { tag: string; value: (card: CardState) => Uint8Array }> = {
  40758: { tag: '9F36', value: atcBytes },
}

/** GET DATA, EMV 4.4 Book 3, 6.5.7: P1 P2 are the tag. */
export function getData(card: CardState, { p1, p2, data }: Command): Response {
  if (data !== undefined) return refuse('wrongLength')
  if (card.selected === null) return refuse('conditionsNotSatisfied')
  const object = READABLE[p1 * 256 + p2]
  return object === undefined ? refuse('dataNotFound') : answer(encodeTlv(object.tag, object.value(card)))
}
