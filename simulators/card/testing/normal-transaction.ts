import { type Command, encodeCommand } from '../../../protocols/apdu/command.ts'
import { generateAc, getProcessingOptions, select } from '../../../protocols/apdu/commands.ts'
import { parseResponse, type Response } from '../../../protocols/apdu/response.ts'
import { fromHex } from '../../../protocols/bytes/bytes.ts'
import { buildDol, type DolEntry } from '../../../protocols/tlv/dol.ts'
import { findTag, parseTlv } from '../../../protocols/tlv/tlv.ts'
import { SW } from '../answer.ts'
import type { Application } from '../application.ts'
import type { Card } from '../card.ts'
import { counterBytes, type Memory } from '../memory.ts'
import { selectedOf } from '../state.ts'
import { TERMINAL } from './session.ts'

const LAST_ATC = 0xffff
const AAC = 0x00
const ARQC = 0x80

/** What the card should have answered, and what it did: a status word, or Cryptogram Information Data. */
type Answered = readonly [what: string, expected: number | undefined, got: number | undefined]

/**
 * A transaction of each application as a terminal without any wish does it: SELECT, GET PROCESSING OPTIONS, one cryptogram, or two. Returns
 * what is not as the card's state demands, in words; none for a card that is whole.
 */
export function troublesInNormalTransactions(card: Card): string[] {
  const { applications, memories, blocked } = card.snapshot()
  return applications.flatMap((application, index) => {
    const memory = memories[index]
    if (memory === undefined) return [`expected a memory of ${application.profile.label}, there is none`]
    card.reset()
    return transact(card, application, memory, blocked)
      .filter(([, expected, got]) => expected !== got)
      .map(([what, expected, got]) => `expected ${what} ${hex(expected)}, got ${hex(got)}`)
  })
}

function transact(card: Card, application: Application, memory: Memory, blocked: boolean): Answered[] {
  const selected = send(card, select(application.aid)).sw
  if (blocked) return [['SELECT of a blocked card', SW.functionNotSupported, selected]]
  const selection: Answered = ['SELECT', memory.blocked ? SW.blocked : SW.ok, selected]
  const options = send(card, getProcessingOptions(filled(application.dols.pdol, memory.atc)))
  if (memory.atc === LAST_ATC)
    return [selection, ['initiation after the last ATC', SW.conditionsNotSatisfied, options.sw]]
  const isDone = card.snapshot().stage === 'completed'
  const { cdol1, cdol2 } = application.dols
  const first = isDone ? options : generate(card, requestOf(application), cdol1)
  const answered: Answered[] = [
    selection,
    ['initiation', SW.ok, options.sw],
    ['first cryptogram', SW.ok, first.sw],
    ['CID', application.cid ?? (memory.blocked ? AAC : ARQC), cidOf(first, application)],
  ]
  if (card.snapshot().stage !== 'online') return answered
  const second = generate(card, AAC, cdol2)
  return [...answered, ['second cryptogram', SW.ok, second.sw], ['CID', AAC, cidOf(second, application)]]
}

function generate(card: Card, request: number, dol: readonly DolEntry[]): Response {
  const { atc = 0 } = selectedOf(card.snapshot())?.memory ?? {}
  return send(card, generateAc(request, filled(dol, atc)))
}

function send(card: Card, command: Command): Response {
  return parseResponse(card.transmit(encodeCommand(command)))
}

function filled(dol: readonly DolEntry[], atc: number): Uint8Array {
  return buildDol(dol, (tag) => {
    if (tag === '9F36') return counterBytes(atc)
    const value = TERMINAL[tag]
    return value === undefined ? undefined : fromHex(value)
  })
}

/** An ARQC without CDA, or whatever this card's one request is. */
function requestOf({ requests }: Application): number {
  return requests.includes(ARQC) ? ARQC : (requests[0] ?? ARQC)
}

/** 9F27 of either format (EMV 4.4 Book 3, 6.5.5.4); of a card that keeps it to itself, what it always is. */
function cidOf({ data }: Response, { cid }: Application): number | undefined {
  const [template] = parseTlv(data)
  if (template?.tag === '80') return template.value[0]
  return findTag(template?.children ?? [], '9F27')?.value[0] ?? cid ?? undefined
}

function hex(value: number | undefined): string {
  return value === undefined ? 'nothing' : value.toString(16).toUpperCase().padStart(2, '0')
}
