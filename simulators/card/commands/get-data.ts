import type { Command } from '../../../protocols/apdu/command.ts'
import type { Response } from '../../../protocols/apdu/response.ts'
import { encodeTlv } from '../../../protocols/tlv/tlv.ts'
import { answer, refuse } from '../answer.ts'
import type { Application } from '../application.ts'
import { amountBytes, counterBytes, type Memory } from '../memory.ts'
import { type CardState, selectedOf } from '../state.ts'

/** Objects that change from one transaction to the next. */
const COUNTED: Record<string, (memory: Memory, application: Application) => Uint8Array | undefined> = {
  '9F36': ({ atc }) => counterBytes(atc),
  '9F13': ({ lastOnlineAtc }) => counterBytes(lastOnlineAtc),
  '9F17': ({ pinTries }) => Uint8Array.of(pinTries),
  '9F50': balance,
}

/** Offline Accumulator Balance, EMV Contactless Book C-2, Annex A: what can still be spent without the issuer. */
function balance({ offlineAmount }: Memory, { profile }: Application): Uint8Array | undefined {
  const { upperAmount } = profile.risk
  return upperAmount === undefined ? undefined : amountBytes(Math.max(0, upperAmount - offlineAmount))
}

/** GET DATA, EMV 4.4 Book 3, 6.5.7: P1 P2 are the tag. */
export function getData(card: CardState, { p1, p2, data }: Command): Response {
  if (data !== undefined) return refuse('wrongLength')
  const selected = selectedOf(card)
  if (selected === null) return refuse('conditionsNotSatisfied')
  const { application, memory } = selected
  const tag = (p1 * 256 + p2).toString(16).toUpperCase().padStart(2, '0')
  if (!application.profile.getData.includes(tag)) return refuse('dataNotFound')
  const value = COUNTED[tag]?.(memory, application) ?? memory.written.get(tag) ?? application.data.get(tag)
  return value === undefined ? refuse('dataNotFound') : answer(encodeTlv(tag, value))
}
