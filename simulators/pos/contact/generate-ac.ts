import { createHash } from 'node:crypto'
import { generateAc } from '../../../protocols/apdu/commands.ts'
import type { Response } from '../../../protocols/apdu/response.ts'
import { describeStatus } from '../../../protocols/apdu/status-words.ts'
import { concat, fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import { transactionDataHash, verifyCombinedData } from '../../../protocols/emv/oda/dynamic-data.ts'
import { responseObjects } from '../../../protocols/emv/oda/response-objects.ts'
import { parseDol } from '../../../protocols/tlv/dol.ts'
import { type CardData, dataOf, mandatory, optional, templateOf } from '../card-data.ts'
import { CRYPTOGRAM_BITS, type CryptogramType, cryptogramTypeOf } from '../emv/action-analysis.ts'
import { CardDataError, done, end, reading, type Step } from '../step.ts'
import type { ContactContext } from './context.ts'

const CDA_REQUESTED = 0x10
const STEP = 'Card action analysis'
const LEARNED = ['9F27', '9F36', '9F10']

/** What the card decided. */
export interface CardDecision {
  type: CryptogramType
  /** Low three bits of the CID: 1 service not allowed, 2 PIN try limit exceeded, 3 issuer authentication failed (Book 3, Table 15). */
  reasonCode: number
  /** Whether a signature was asked for and is not right. */
  cdaFailed: boolean
}

export interface Request {
  /** `8C` for the first GENERATE AC, `8D` for the second. */
  dol: '8C' | '8D'
  type: CryptogramType
  /** CDOL1 data of the first one, which CDA of the second signs too; empty for the first. */
  earlier: Uint8Array
}

/** What was asked and answered. */
export interface GeneratedAc {
  decision: CardDecision
  dolData: Uint8Array
}

/** Asks for a cryptogram and reads the card's decision, EMV 4.4 Book 3, 6.5.5, 9 and 10.8; with CDA also its signature (Book 2, 6.6). */
export async function generateCryptogram(
  context: ContactContext,
  request: Request,
): Promise<Step<GeneratedAc>> {
  const { session, data, tsi } = context
  const name = `GENERATE AC ${request.type}`
  const cda = context.cdaKey !== null && request.type !== 'AAC'
  // Book 2, 6.6: a refusal is never signed, so that CDA is not performed then.
  if (context.cdaKey !== null && !cda && !tsi.has('odaPerformed')) context.tvr.set('odaNotPerformed')
  const dolData = reading(name, () => cdolData(context, request.dol))
  if (!dolData.done) return dolData
  const p1 = CRYPTOGRAM_BITS[request.type] | (cda ? CDA_REQUESTED : 0)
  const answer = await session.send(name, generateAc(p1, dolData.value))
  if (!answer.done) return answer
  if (answer.value.sw !== 0x9000) return end('card_malformed', `${name}: ${describeStatus(answer.value.sw)}`)
  tsi.set('cardRiskManaged')
  const asked = { ...request, cda, dolData: dolData.value }
  const decision = reading(name, () => decide(context, asked, answer.value))
  if (!decision.done) return decision
  noteDecision(context, data, decision.value)
  return done({ decision: decision.value, dolData: dolData.value })
}

interface Asked extends Request {
  cda: boolean
  dolData: Uint8Array
}

function decide(context: ContactContext, asked: Asked, response: Response): CardDecision {
  const answered = answerOf(response)
  const [cid = 0] = mandatory(answered, '9F27', 1)
  mandatory(answered, '9F36', 2)
  optional(answered, '9F10', 0, 32)
  const type = cryptogramTypeOf(cid)
  if (type === null || !isAllowed(asked, type))
    throw new CardDataError(
      `expected no more than the ${asked.type} asked for, got CID ${toHex(Uint8Array.of(cid))}`,
    )
  for (const tag of LEARNED) {
    const value = answered.get(tag)
    if (value !== undefined) context.data.learn(tag, value)
  }
  const signed = asked.cda && type !== 'AAC'
  const cdaFailed = signed && !verifySignature(context, asked, response, cid)
  if (!signed) context.data.learn('9F26', mandatory(answered, '9F26', 8))
  return { type, reasonCode: cid & 0x07, cdaFailed }
}

// Book 3, 9.3 and Table 34: a card may lower the request, from TC over ARQC to AAC, never raise it.
const ALLOWED: Readonly<Record<CryptogramType, readonly CryptogramType[]>> = {
  TC: ['TC', 'ARQC', 'AAC'],
  ARQC: ['ARQC', 'AAC'],
  AAC: ['AAC'],
}

// 9.3: nobody is left to be asked after the second GENERATE AC.
function isAllowed({ type, dol }: Request, got: CryptogramType): boolean {
  return ALLOWED[type].includes(got) && (dol === '8C' || got !== 'ARQC')
}

/** Format 1 is CID, ATC, AC and IAD without tags, format 2 a template: Book 3, 6.5.5.4. */
function answerOf(response: Response): CardData {
  const template = templateOf(response, '77', '80')
  if (template.tag === '77') return dataOf(template)
  const { value } = template
  if (value.length < 11 || value.length > 43)
    throw new CardDataError(`expected 11 to 43 bytes in a response of format 1, got ${value.length}`)
  const iad: [string, Uint8Array][] = value.length > 11 ? [['9F10', value.subarray(11)]] : []
  return new Map([
    ['9F27', value.subarray(0, 1)],
    ['9F36', value.subarray(1, 3)],
    ['9F26', value.subarray(3, 11)],
    ...iad,
  ])
}

/** The card's signature over its decision, Book 2, 6.6.2; the cryptogram is inside. */
function verifySignature(context: ContactContext, asked: Asked, response: Response, cid: number): boolean {
  const { tvr, tsi, note } = context
  tsi.set('odaPerformed')
  const failure = signatureFailure(context, asked, response, cid)
  if (failure === null) {
    note('Offline data authentication', 'CDA successful')
    return true
  }
  note('Offline data authentication', `CDA failed: ${failure}`)
  tvr.set('cdaFailed')
  return false
}

function signatureFailure(
  context: ContactContext,
  asked: Asked,
  response: Response,
  cid: number,
): string | null {
  const { data, cdaKey, pdolData } = context
  const signed = templateOf(response, '77', '80').children?.find(({ tag }) => tag === '9F4B')
  if (cdaKey === null || signed === undefined) return 'no 9F4B in the response'
  const objects = responseObjects(response.data)
  if (!objects.ok) return objects.text
  const first = asked.dol === '8C'
  const hash = transactionDataHash({
    pdolData,
    cdol1Data: first ? asked.dolData : asked.earlier,
    cdol2Data: first ? new Uint8Array() : asked.dolData,
    responseObjects: objects.objects,
  })
  const unpredictableNumber = data.require('9F37')
  const proof = verifyCombinedData(cdaKey, signed.value, {
    unpredictableNumber,
    cid,
    transactionDataHash: hash,
  })
  if (!proof.ok) return `${proof.text} (${proof.section})`
  data.learn('9F26', proof.cryptogram)
  data.learn('9F4C', proof.dynamicNumber)
  return null
}

/** The data that a CDOL asks for; a TC hash value among them is made first (Book 3, 9.2.2). */
function cdolData(context: ContactContext, tag: '8C' | '8D'): Uint8Array {
  const { data, tvr, application } = context
  const dol = parseDol(data.require(tag))
  if (dol.some((entry) => entry.tag === '98')) {
    if (!data.has('97')) tvr.set('defaultTdolUsed')
    const tdol = parseDol(data.get('97') ?? fromHex(application.tdol))
    data.set('98', new Uint8Array(createHash('sha1').update(data.build(tdol)).digest()))
  }
  return concat(data.build(dol))
}

function noteDecision(
  { note }: ContactContext,
  data: ContactContext['data'],
  { type, reasonCode }: CardDecision,
): void {
  const [cid, atc] = [toHex(data.require('9F27')), toHex(data.require('9F36'))]
  note(STEP, `${type} (CID ${cid}), ATC ${atc}${REASON_WORDS[reasonCode] ?? ''}`)
}

const REASON_WORDS: Readonly<Record<number, string>> = {
  1: ', service not allowed',
  2: ', PIN try limit exceeded',
  3: ', issuer authentication failed',
}
