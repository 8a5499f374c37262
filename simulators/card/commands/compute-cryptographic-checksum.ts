import type { Command } from '../../../protocols/apdu/command.ts'
import type { Response } from '../../../protocols/apdu/response.ts'
import { cvc3, ivCvc3 } from '../../../protocols/emv/cryptograms/dynamic-values.ts'
import { dolLength, splitDol } from '../../../protocols/tlv/dol.ts'
import { encodeTlv } from '../../../protocols/tlv/tlv.ts'
import { answer, refuse } from '../answer.ts'
import { encodeAll } from '../application.ts'
import { counterBytes } from '../memory.ts'
import { type CardState, runningOf } from '../state.ts'

const P1 = 0x8e
const P2 = 0x80

/** COMPUTE CRYPTOGRAPHIC CHECKSUM, EMV Contactless Book C-2, 5: the dynamic codes of mag-stripe mode, over the numeric unpredictable number. */
export function computeCryptographicChecksum(card: CardState, { p1, p2, data }: Command): Response {
  const running = runningOf(card)
  const key = running?.application.keys.cvc3 ?? null
  if (running === null || key === null) return refuse('conditionsNotSatisfied')
  if (p1 !== P1 || p2 !== P2) return refuse('wrongP1P2')
  const { application, memory } = running
  if (data === undefined || data.length !== dolLength(application.dols.udol)) return refuse('wrongLength')
  const number = splitDol(application.dols.udol, data).get('9F6A') ?? new Uint8Array(4)
  const atc = counterBytes(memory.atc)
  const code = (track: string) =>
    cvc3(key, ivCvc3(key, application.data.get(track) ?? new Uint8Array()), number, atc)
  card.stage = 'completed'
  const values = new Map([
    ['9F61', code('9F6B')],
    ['9F60', code('56')],
    ['9F36', atc],
  ])
  return answer(encodeTlv('77', encodeAll([...values.keys()], values)))
}
