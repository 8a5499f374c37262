import type { Command } from '../../../protocols/apdu/command.ts'
import type { Response } from '../../../protocols/apdu/response.ts'
import { concat } from '../../../protocols/bytes/bytes.ts'
import { dolLength, splitDol } from '../../../protocols/tlv/dol.ts'
import { encodeTlv, parseTlv, type Tlv, TlvError } from '../../../protocols/tlv/tlv.ts'
import { amountOf } from '../amount.ts'
import { answer, refuse } from '../answer.ts'
import { type Application, encodeAll, type Path, spoiled, type Values } from '../application.ts'
import { settle } from '../completion.ts'
import { makeCryptogram } from '../make-cryptogram.ts'
import { decideFirst, limitsOf } from '../risk.ts'
import {
  type CardState,
  cardValue,
  proceed,
  type Running,
  remember,
  runningOf,
  selectedOf,
} from '../state.ts'

type Selected = Pick<Running, 'application' | 'memory'>

const LAST_ATC = 0xffff
const DYNAMIC_NUMBER_BYTES = 8
const CRYPTOGRAM = '9F26'

/** GET PROCESSING OPTIONS, EMV 4.4 Book 3, 6.5.8: begins a transaction, so it counts; once for each selection. */
export function getProcessingOptions(card: CardState, { p1, p2, data }: Command): Response {
  if (p1 !== 0x00 || p2 !== 0x00) return refuse('wrongP1P2')
  const selected = selectedOf(card)
  if (selected === null) return refuse('conditionsNotSatisfied')
  if (data === undefined) return refuse('wrongLength')
  const template = commandTemplate(data)
  if (template === null) return refuse('wrongData')
  const { application, memory } = selected
  if (template.value.length !== dolLength(application.dols.pdol)) return refuse('wrongLength')
  if (application.family !== null && amountOf(splitDol(application.dols.pdol, template.value)) === null)
    return refuse('wrongData')
  // A counter that is used up ends the life of the application (Book 2, 8.1.2).
  if (memory.atc === LAST_ATC) return refuse('conditionsNotSatisfied')
  if (card.faults.freezeAtc !== true) remember(card, { atc: memory.atc + 1 })
  begin(card, selected, template.value)
  const running = runningOf(card)
  return running === null ? refuse('conditionsNotSatisfied') : answer(options(card, running))
}

function begin(card: CardState, { application, memory }: Selected, pdolData: Uint8Array): void {
  const told = splitDol(application.dols.pdol, pdolData)
  card.stage = 'initiated'
  card.transaction = {
    path: pathFor(application, told),
    pdolData,
    cdol1Data: new Uint8Array(),
    told,
    events: new Set(),
    lastIncomplete: memory.onlineIncomplete,
    first: null,
    second: null,
    cryptogram: new Uint8Array(),
    chain: new Uint8Array(),
    dynamicNumber: application.keys.card === null ? new Uint8Array() : card.random(DYNAMIC_NUMBER_BYTES),
    relay: new Uint8Array(),
  }
}

function pathFor({ paths }: Application, told: Values): Path {
  const fits = ({ when }: Path) => when === null || covers(told.get(when.tag), when.mask)
  return paths.find(fits) ?? { when: null, data: new Map(), processingOptions: [] }
}

function covers(value: Uint8Array | undefined, mask: Uint8Array): boolean {
  return value !== undefined && mask.every((bits, index) => ((value[index] ?? 0) & bits) === bits)
}

function options(card: CardState, running: Running): Uint8Array {
  const { application, transaction } = running
  const { processingOptions } = transaction.path
  const made = processingOptions.includes(CRYPTOGRAM)
    ? cryptogramOf(card, running)
    : new Map<string, Uint8Array>()
  const values = new Map(
    processingOptions.map((tag) => [tag, made.get(tag) ?? cardValue(running, tag) ?? new Uint8Array()]),
  )
  // Format 1, Book 3, 6.5.8.4: AIP and AFL, nothing else.
  if (application.profile.format === 1 && made.size === 0)
    return encodeTlv('80', concat(values.get('82') ?? new Uint8Array(), values.get('94') ?? new Uint8Array()))
  return encodeTlv('77', encodeAll(processingOptions, values))
}

/** The one cryptogram of a fast contactless transaction: over the PDOL data, and nothing comes after. */
function cryptogramOf(card: CardState, running: Running): Map<string, Uint8Array> {
  const limits = limitsOf(running)
  const type = decideFirst('arqc', limits)
  const decided = { ...running, transaction: { ...running.transaction, first: type } }
  const made = makeCryptogram(decided, type, running.transaction.pdolData, limits)
  proceed(card, { first: type, cryptogram: made.get(CRYPTOGRAM) ?? new Uint8Array() })
  settle(card, type)
  card.stage = 'completed'
  return spoiled(made, card.faults.corruptCryptogram === true ? [CRYPTOGRAM] : card.faults.corrupt)
}

/** The one data object 83, or null. */
function commandTemplate(data: Uint8Array): Tlv | null {
  try {
    const [template, ...rest] = parseTlv(data)
    return template?.tag === '83' && rest.length === 0 ? template : null
  } catch (error) {
    if (error instanceof TlvError) return null
    throw error
  }
}
