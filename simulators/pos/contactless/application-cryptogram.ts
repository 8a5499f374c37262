import { generateAc } from '../../../protocols/apdu/commands.ts'
import type { Response } from '../../../protocols/apdu/response.ts'
import { describeStatus } from '../../../protocols/apdu/status-words.ts'
import { toHex } from '../../../protocols/bytes/bytes.ts'
import { parseDol } from '../../../protocols/tlv/dol.ts'
import { templateOf } from '../card-data.ts'
import { CRYPTOGRAM_BITS, type CryptogramType, cryptogramTypeOf } from '../emv/action-analysis.ts'
import { CardDataError } from '../step.ts'
import { recoverAc } from './commands.ts'
import { exchange, invalid, type Kernel2Context, learn, parsing } from './context.ts'
import { go, type Phase, stop } from './endings.ts'
import type { TornRecord } from './torn-log.ts'

/** What the terminal asks for. */
export interface AcRequest {
  type: CryptogramType
  /** Whether the card shall sign its answer. */
  cda: boolean
}

/** The card's decision. */
export interface AcAnswer {
  type: CryptogramType
  /** 9F27. */
  cid: number
  /** 9F4B; null when the card signed nothing. */
  signed: Uint8Array | null
  request: AcRequest
  cdol1Data: Uint8Array
  /** Data field of the response. */
  response: Uint8Array
}

const GENERATE = 'GENERATE AC'
const RECOVER = 'RECOVER AC'
const CDA_SIGNATURE = 0x10

/** Everything that a cryptogram is made over or judged by: what a torn record keeps (Book C-2, Table 4.2 and Annex A, Torn Record). */
const TORN_TAGS = [
  ...['82', '95', '9A', '9C', '5F2A', '5F36', '9F02', '9F03', '9F1A', '9F21', '9F33', '9F34', '9F35', '9F37'],
  ...[
    'DF8107',
    'DF8111',
    'DF8113',
    'DF8114',
    'DF8301',
    'DF8302',
    'DF8303',
    'DF8304',
    'DF8305',
    'DF8306',
    'DF8307',
  ],
]

/** Asks for the cryptogram, Book C-2, states 9 and 11. A card that leaves before it answers leaves a torn record behind. */
export async function generateCryptogram(
  context: Kernel2Context,
  request: AcRequest,
): Promise<Phase<AcAnswer>> {
  const { data } = context
  const list = parsing(context, 'CDOL1', () => parseDol(data.require('8C')))
  if (!list.done) return list
  const drdol = parsing(context, 'DRDOL', () => parseDol(data.get('9F51') ?? new Uint8Array()))
  if (!drdol.done) return drdol
  const cdol1Data = data.build(list.value)
  data.set('DF8113', data.build(drdol.value))
  const p1 = CRYPTOGRAM_BITS[request.type] | (request.cda ? CDA_SIGNATURE : 0)
  data.set('DF8107', cdol1Data)
  data.set('DF8114', Uint8Array.of(p1))
  const answer = await exchange(context, GENERATE, generateAc(p1, cdol1Data))
  if (!answer.done) {
    keepTorn(context)
    return answer
  }
  return judge(context, GENERATE, answer.value, request, cdol1Data)
}

/** The torn record of this card, Book C-2, S456 and 3.7; null when there is none or the card knows no recovery (no DRDOL). */
export function tornRecordOf({ data, deps, note }: Kernel2Context): TornRecord | null {
  for (const lost of deps.tornLog.clean(deps.clock.now())) note('Torn transaction log', lostText(lost))
  return data.has('9F51') ? deps.tornLog.find(cardOf(data)) : null
}

/**
 * Asks for the cryptogram of a torn transaction, Book C-2, state 10. Null: the card does not have it, the transaction goes on with a new
 * one. What the torn transaction was about takes the place of what the present one is about.
 */
export async function recoverCryptogram(
  context: Kernel2Context,
  torn: TornRecord,
): Promise<Phase<AcAnswer | null>> {
  const { deps, note } = context
  // DRDOL related data of then: by them the card finds its answer (Book C-2, Torn Record).
  const drdolData = torn.data.get('DF8113') ?? new Uint8Array()
  note('Torn transaction log', 'a record of this card: its cryptogram is asked for')
  const answer = await exchange(context, RECOVER, recoverAc(drdolData))
  if (!answer.done) return answer
  deps.tornLog.remove(torn)
  if (answer.value.sw !== 0x9000) {
    note('Torn transaction log', `not recovered: ${describeStatus(answer.value.sw)}`)
    return go(null)
  }
  restore(context, torn)
  const [p1 = 0] = context.data.require('DF8114')
  const request = { type: cryptogramTypeOf(p1) ?? 'AAC', cda: (p1 & CDA_SIGNATURE) !== 0 }
  return judge(context, RECOVER, answer.value, request, context.data.require('DF8107'))
}

function keepTorn({ data, deps, note }: Kernel2Context): void {
  if (!deps.tornLog.enabled || !data.has('9F51')) return
  const known = TORN_TAGS.flatMap((tag): [string, Uint8Array][] => {
    const value = data.get(tag)
    // The TVR is a live value: what is kept must not change any more.
    return value === undefined ? [] : [[tag, Uint8Array.from(value)]]
  })
  const lost = deps.tornLog.add({ ...cardOf(data), data: new Map(known), at: deps.clock.now() })
  note('Torn transaction log', 'the card left before it answered: a record is kept')
  if (lost !== null) note('Torn transaction log', lostText(lost))
}

function restore(context: Kernel2Context, { data: kept }: TornRecord): void {
  for (const [tag, value] of kept) {
    // The TVR stays a live value: what is found from here on is added to that of then.
    if (tag === '95') context.tvr.bytes.set(value)
    else context.data.set(tag, value)
  }
  context.pdolData = context.data.require('DF8111')
  context.note('Torn transaction log', `recovered a transaction of ${toHex(context.data.require('9F02'))}`)
}

function lostText({ at }: TornRecord): string {
  return `a record of ${new Date(at).toISOString()} is given up`
}

function cardOf(data: Kernel2Context['data']): Pick<TornRecord, 'pan' | 'panSequenceNumber'> {
  return { pan: data.require('5A'), panSequenceNumber: data.get('5F34') ?? new Uint8Array() }
}

function judge(
  context: Kernel2Context,
  name: string,
  { sw, data: response }: Response,
  request: AcRequest,
  cdol1Data: Uint8Array,
): Phase<AcAnswer> {
  if (sw !== 0x9000) return stop(invalid(context, 'STATUS BYTES', `${name}: ${describeStatus(sw)}`, sw))
  const stored = parsing(context, name, () => store(context, response, request))
  if (!stored.done) return stored
  const { data } = context
  const [cid] = data.get('9F27') ?? []
  if (cid === undefined || data.get('9F36')?.length !== 2)
    return stop(invalid(context, 'CARD DATA MISSING', `${name}: no CID or no ATC`))
  const type = cryptogramTypeOf(cid)
  if (type === null || !isAnswerTo(type, request))
    return stop(
      invalid(context, 'CARD DATA ERROR', `${name}: ${request.type} was asked for, ${type ?? 'none'} came`),
    )
  context.note(
    'Card action analysis',
    `${type} (CID ${toHex(Uint8Array.of(cid))}), ${request.type} asked for${request.cda ? ' with CDA' : ''}`,
  )
  const signed = data.get('9F4B') ?? null
  return go({ type, cid, signed, request, cdol1Data, response })
}

// Book C-2, S9.22: a TC for a TC, an ARQC for a TC or an ARQC, an AAC for anything.
function isAnswerTo(type: CryptogramType, { type: asked }: AcRequest): boolean {
  return type === 'AAC' || type === asked || (type === 'ARQC' && asked === 'TC')
}

// EMV 4.4 Book 3, 6.5.5.4: format 1 is CID, ATC, cryptogram and IAD without tags, and has no room for a signature.
function store({ data }: Kernel2Context, response: Uint8Array, { cda }: AcRequest): void {
  const template = templateOf({ data: response }, '77', '80')
  if (template.tag === '77') {
    learn(data, template)
    return
  }
  const { value } = template
  if (cda) throw new CardDataError('expected template 77 with a signature, got 80')
  if (value.length < 11 || value.length > 43)
    throw new CardDataError(`expected 11 to 43 bytes in 80, got ${value.length}`)
  data.learn('9F27', value.subarray(0, 1))
  data.learn('9F36', value.subarray(1, 3))
  data.learn('9F26', value.subarray(3, 11))
  if (value.length > 11) data.learn('9F10', value.subarray(11))
}
