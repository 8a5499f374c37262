import type { Command } from '../../../protocols/apdu/command.ts'
import type { Response } from '../../../protocols/apdu/response.ts'
import { equal } from '../../../protocols/bytes/bytes.ts'
import { type DolEntry, dolLength, splitDol } from '../../../protocols/tlv/dol.ts'
import { amountOf } from '../amount.ts'
import { answer, refuse } from '../answer.ts'
import { spoiled } from '../application.ts'
import { settle } from '../completion.ts'
import { authenticateIssuer } from '../issuer.ts'
import { makeCryptogram, plainAnswer, signedAnswer } from '../make-cryptogram.ts'
import { counterBytes } from '../memory.ts'
import { couldNotGoOnline, decideFirst, decideSecond, limitsOf } from '../risk.ts'
import {
  type CardState,
  type CryptogramType,
  type Event,
  happened,
  proceed,
  type Running,
  runningOf,
} from '../state.ts'
import { keepTorn } from '../torn.ts'

/** Reference control parameter, EMV 4.4 Book 3, table 12. */
const TYPES: Readonly<Record<number, CryptogramType>> = { 0: 'aac', 64: 'tc', 128: 'arqc' }
const TYPE_BITS = 0xc0
const CDA_BIT = 0x10
const NONE = new Uint8Array()

/** GENERATE AC, EMV 4.4 Book 3, 6.5.5: the first over the CDOL1 data; after an ARQC the second, over the CDOL2 data. */
export function generateAc(card: CardState, { p1, p2, data = NONE }: Command): Response {
  const running = runningOf(card)
  if (running === null) return refuse('conditionsNotSatisfied')
  const { application, memory } = running
  const isSecond = card.stage === 'online'
  const asked = TYPES[p1 & TYPE_BITS] ?? 'arqc'
  if (!application.requests.includes(p1) || p2 !== 0x00 || (isSecond && asked === 'arqc'))
    return refuse('wrongP1P2')
  const list = isSecond ? application.dols.cdol2 : application.dols.cdol1
  if (data.length === 0 || data.length !== dolLength(list)) return refuse('wrongLength')
  const values = splitDol(list, data)
  if (application.family !== null && amountOf(values) === null) return refuse('wrongData')
  const atc = values.get('9F36')
  // A cryptogram under another ATC could be used in place of one of that transaction.
  if (atc !== undefined && !equal(atc, counterBytes(memory.atc))) return refuse('conditionsNotSatisfied')
  hear(card, list, data)
  const type = isSecond ? second(card, asked) : first(card, asked, data)
  return conclude(card, type, data, isSecond, (p1 & CDA_BIT) !== 0 && application.family !== null)
}

/** What the terminal says now stands before what it said earlier. */
function hear(card: CardState, list: readonly DolEntry[], data: Uint8Array): void {
  proceed(card, { told: new Map([...(card.transaction?.told ?? []), ...splitDol(list, data)]) })
}

function first(card: CardState, asked: CryptogramType, cdol1Data: Uint8Array): CryptogramType {
  const running = runningOf(card)
  if (running === null) return 'aac'
  const type = running.application.family === null ? 'arqc' : decideFirst(asked, limitsOf(running))
  proceed(card, { first: type, cdol1Data })
  return type
}

/** Book 3, 10.11: what the issuer answered may come in the CDOL2 data (Book 2, 8.2) instead of EXTERNAL AUTHENTICATE. */
function second(card: CardState, asked: CryptogramType): CryptogramType {
  const told = card.transaction?.told
  const unable = couldNotGoOnline(told?.get('8A'))
  if (card.transaction !== null && unable) proceed(card, happened(card.transaction, 'unableOnline'))
  const issuerData = told?.get('91')
  if (!unable && issuerData?.some((byte) => byte !== 0)) authenticateIssuer(card, fitted(card, issuerData))
  const running = runningOf(card)
  const type = running === null ? 'aac' : decideSecond(asked, running, limitsOf(running))
  proceed(card, { second: type })
  return type
}

/** A CDOL2 asks for one length: what is shorter by the family's method was padded with zeros on the right. */
function fitted({ selected }: CardState, data: Uint8Array): Uint8Array {
  const longest = selected?.family?.arpc.method === 1 ? 10 : data.length
  return data.length > longest && data.subarray(longest).every((byte) => byte === 0)
    ? data.subarray(0, longest)
    : data
}

function conclude(
  card: CardState,
  type: CryptogramType,
  data: Uint8Array,
  isSecond: boolean,
  cda: boolean,
): Response {
  const signs = cda && card.selected?.keys.card !== null && (type !== 'aac' || signsRefusals(card))
  const event: Event[] = signs ? [isSecond ? 'cdaInSecond' : 'cdaInFirst'] : []
  if (card.transaction !== null) proceed(card, happened(card.transaction, ...event))
  const running = runningOf(card)
  if (running === null) return refuse('conditionsNotSatisfied')
  const made = makeCryptogram(running, type, data, limitsOf(running))
  if (!isSecond) proceed(card, { cryptogram: made.get('9F26') ?? NONE, chain: made.get('9F26') ?? NONE })
  settle(card, type)
  card.stage =
    !isSecond && type === 'arqc' && running.application.dols.cdol2.length > 0 ? 'online' : 'completed'
  const response = signs
    ? signed(card, running, made, isSecond ? data : NONE)
    : plainAnswer(running, spoiled(valuesOf(card, made, running), corruptIn(card, made)))
  if (!isSecond) keepTorn(card, running, response)
  return answer(response)
}

/** Book 2, 6.6.1: an AAC is not signed; Book C-2, Annex A: unless byte 2, bit 1 of 9F5D says so. */
function signsRefusals({ selected }: CardState): boolean {
  return ((selected?.data.get('9F5D')?.[1] ?? 0) & 0x01) !== 0
}

function signed(
  card: CardState,
  running: Running,
  made: Map<string, Uint8Array>,
  cdol2Data: Uint8Array,
): Uint8Array {
  const unpredictableNumber = running.transaction.told.get('9F37') ?? NONE
  return signedAnswer({
    running,
    values: valuesOf(card, made, running),
    cdol2Data,
    unpredictableNumber,
    corrupt: [...corruptIn(card, made), ...(card.faults.corrupt ?? []).filter((tag) => tag === '9F4B')],
  })
}

function valuesOf({ faults }: CardState, made: Map<string, Uint8Array>, { application }: Running) {
  const values = new Map([...application.data, ...made])
  const cryptogram = made.get('9F26')
  if (faults.corruptCryptogram === true && cryptogram !== undefined) values.set('9F26', corrupt(cryptogram))
  return values
}

/** What the application has of itself is spoiled from the beginning. */
function corruptIn({ faults }: CardState, made: ReadonlyMap<string, Uint8Array>): string[] {
  return (faults.corrupt ?? []).filter((tag) => made.has(tag))
}

/** Flips a bit that is part of the value in both kinds: the last byte of an AES cryptogram, r of a DER signature. */
function corrupt(cryptogram: Uint8Array): Uint8Array {
  return cryptogram.map((byte, index) => (index === 7 ? byte ^ 0x01 : byte))
}
