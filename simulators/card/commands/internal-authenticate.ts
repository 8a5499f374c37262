import type { Command } from '../../../protocols/apdu/command.ts'
import type { Response } from '../../../protocols/apdu/response.ts'
import { signDynamicData } from '../../../protocols/emv/oda/dynamic-data.ts'
import { dolLength } from '../../../protocols/tlv/dol.ts'
import { encodeTlv } from '../../../protocols/tlv/tlv.ts'
import { answer, refuse } from '../answer.ts'
import { spoiled } from '../application.ts'
import { type CardState, happened, proceed, runningOf } from '../state.ts'

const SIGNED = '9F4B'

/** INTERNAL AUTHENTICATE, EMV 4.4 Book 3, 6.5.9, and Book 2, 6.5.1: signs the data of the DDOL, for dynamic data authentication. */
export function internalAuthenticate(
  card: CardState,
  { p1, p2, data = new Uint8Array() }: Command,
): Response {
  const running = runningOf(card)
  const key = running?.application.keys.card ?? null
  if (running === null || key === null) return refuse('conditionsNotSatisfied')
  if (p1 !== 0x00 || p2 !== 0x00) return refuse('wrongP1P2')
  const { application, transaction } = running
  if (data.length === 0 || data.length !== dolLength(application.dols.ddol)) return refuse('wrongLength')
  const signed = new Map([[SIGNED, signDynamicData(key, transaction.dynamicNumber, data)]])
  const value = spoiled(signed, card.faults.corrupt).get(SIGNED) ?? new Uint8Array()
  proceed(card, happened(transaction, 'ddaPerformed'))
  return answer(
    application.profile.format === 1 ? encodeTlv('80', value) : encodeTlv('77', encodeTlv(SIGNED, value)),
  )
}
