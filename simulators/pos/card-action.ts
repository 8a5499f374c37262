import { generateAc, getData } from '../../protocols/apdu/commands.ts'
import { describeStatus } from '../../protocols/apdu/status-words.ts'
import { toHex } from '../../protocols/bytes/bytes.ts'
import { CDOL1, CRYPTOGRAM_BYTES } from '../../protocols/interledger/application.ts'
import { buildDol } from '../../protocols/tlv/dol.ts'
import { type CardData, dataOf, mandatory, templateOf } from './card-data.ts'
import type { CardSession } from './card-session.ts'
import { CardDataError, end, reading, type Step } from './step.ts'

/** The card's answer to the transaction. */
export interface CardAction {
  /** Cryptogram Information Data, 9F27. */
  cid: number
  /** 9F36, 2 bytes. */
  atc: Uint8Array
  /** 9F26: 8 or 72 bytes. */
  cryptogram: Uint8Array
}

const NAME = 'GENERATE AC'
// What Interledger's terminals ask with, whichever of its two cryptograms the card makes.
const REFERENCE_CONTROL = 0xc1

/** The transaction counter when GET PROCESSING OPTIONS did not tell it, EMV 4.4 Book 3, 6.5.7. */
export async function readAtc(session: CardSession): Promise<Step<Uint8Array>> {
  const name = 'GET DATA 9F36'
  const answer = await session.send(name, getData('9F36'))
  if (!answer.done) return answer
  const response = answer.value
  if (response.sw !== 0x9000) return end('card_malformed', `${name}: ${describeStatus(response.sw)}`)
  return reading(name, () => {
    const { tag, value } = templateOf(response, '9F36')
    return mandatory(new Map([[tag, value]]), '9F36', 2)
  })
}

/** Lets the card decide and sign, Book 3, 6.5.5 and 10.8: an application authentication cryptogram is its refusal. */
export async function generateCryptogram(session: CardSession, values: CardData): Promise<Step<CardAction>> {
  const data = buildDol(CDOL1, (tag) => values.get(tag))
  const answer = await session.send(NAME, generateAc(REFERENCE_CONTROL, data))
  if (!answer.done) return answer
  const response = answer.value
  if (response.sw !== 0x9000) return end('card_declined', `${NAME}: ${describeStatus(response.sw)}`)
  const answered = reading(NAME, () => dataOf(templateOf(response, '77')))
  if (!answered.done) return answered
  return isRefusal(answered.value)
    ? end('card_declined', 'AAC')
    : reading(NAME, () => actionOf(answered.value))
}

// Book 3, table 15: bits 8 and 7 of the CID are 00.
function isRefusal(data: CardData): boolean {
  const [cid] = data.get('9F27') ?? []
  return cid !== undefined && cid >> 6 === 0
}

function actionOf(data: CardData): CardAction {
  const [cid = 0] = mandatory(data, '9F27', 1)
  const length = CRYPTOGRAM_BYTES[cid]
  if (length === undefined) throw new CardDataError(`expected CID 80 or C1, got ${toHex(Uint8Array.of(cid))}`)
  return { cid, atc: mandatory(data, '9F36', 2), cryptogram: mandatory(data, '9F26', length) }
}
