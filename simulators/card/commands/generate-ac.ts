import type { Command } from '../../../protocols/apdu/command.ts'
import type { Response } from '../../../protocols/apdu/response.ts'
import { equal } from '../../../protocols/bytes/bytes.ts'
import { dolLength, splitDol } from '../../../protocols/tlv/dol.ts'
import { encodeTlv } from '../../../protocols/tlv/tlv.ts'
import { answer, refuse } from '../answer.ts'
import { type Application, encodeAll } from '../application.ts'
import { atcBytes, type CardState } from '../state.ts'

/** GENERATE AC, EMV 4.4 Book 3, 6.5.5: one cryptogram for each transaction, over the CDOL1 data, under the card's own ATC. */
export function generateAc(card: CardState, { p1, p2, data }: Command): Response {
  const application = card.selected
  if (application === null || card.stage !== 'initiated') return refuse('conditionsNotSatisfied')
  if (!application.requests.includes(p1) || p2 !== 0x00) return refuse('wrongP1P2')
  if (data === undefined || data.length !== dolLength(application.cdol1)) return refuse('wrongLength')
  const atc = splitDol(application.cdol1, data).get('9F36')
  // A cryptogram under another ATC could be used in place of one of that transaction.
  if (atc !== undefined && !equal(atc, atcBytes(card))) return refuse('conditionsNotSatisfied')
  card.stage = 'completed'
  return answer(encodeTlv('77', encodeAll(application.answer, outcome(card, application, data))))
}

function outcome(card: CardState, application: Application, data: Uint8Array): Map<string, Uint8Array> {
  const cryptogram = application.makeCryptogram(data)
  return new Map([
    ...application.data,
    ['9F27', Uint8Array.of(application.cid)],
    ['9F36', atcBytes(card)],
    ['9F26', card.faults.corruptCryptogram === true ? corrupt(cryptogram) : cryptogram],
  ])
}

/** Flips a bit that is part of the value in both kinds: the last byte of an AES cryptogram, r of a DER signature. */
function corrupt(cryptogram: Uint8Array): Uint8Array {
  return cryptogram.map((byte, index) => (index === 7 ? byte ^ 0x01 : byte))
}
