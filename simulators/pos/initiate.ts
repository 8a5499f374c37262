import { getProcessingOptions } from '../../protocols/apdu/commands.ts'
import type { Response } from '../../protocols/apdu/response.ts'
import { describeStatus } from '../../protocols/apdu/status-words.ts'
import { type AflEntry, parseAfl } from '../../protocols/emv/afl.ts'
import { buildDol, parseDol } from '../../protocols/tlv/dol.ts'
import { type CardData, dataOf, mandatory, optional, templateOf } from './card-data.ts'
import type { CardSession } from './card-session.ts'
import type { Application } from './selection.ts'
import { CardDataError, done, end, reading, type Step } from './step.ts'

/** How the card wants the transaction to go on. */
export interface ProcessingOptions {
  /** Application Interchange Profile, 82, 2 bytes. */
  aip: Uint8Array
  afl: AflEntry[]
  /** Application transaction counter, 2 bytes, when the card already tells it here (as Interledger's does). */
  atc: Uint8Array | null
}

const NAME = 'GET PROCESSING OPTIONS'
const CONDITIONS_NOT_SATISFIED = 0x6985

/** Initiates application processing, EMV 4.4 Book 3, 10.1. Null: the card does not want this application, another may be tried. */
export async function initiate(
  session: CardSession,
  { pdol }: Application,
  terminalData: CardData,
): Promise<Step<ProcessingOptions | null>> {
  const entries = reading('PDOL', () => parseDol(pdol))
  if (!entries.done) return entries
  const values = buildDol(entries.value, (tag) => terminalData.get(tag))
  const answer = await session.send(NAME, getProcessingOptions(values))
  if (!answer.done) return answer
  const response = answer.value
  if (response.sw === CONDITIONS_NOT_SATISFIED) return done(null)
  if (response.sw !== 0x9000) return end('card_declined', `${NAME}: ${describeStatus(response.sw)}`)
  return reading(NAME, () => optionsOf(response))
}

// Book 3, 6.5.8.4: format 1 is the values without tags, format 2 a template of data objects.
function optionsOf(response: Response): ProcessingOptions {
  const template = templateOf(response, '77', '80')
  if (template.tag === '80') return optionsOfFormat1(template.value)
  const data = dataOf(template)
  return {
    aip: mandatory(data, '82', 2),
    afl: parseAfl(mandatory(data, '94', 4, 252)),
    atc: optional(data, '9F36', 2),
  }
}

function optionsOfFormat1(value: Uint8Array): ProcessingOptions {
  if (value.length < 6)
    throw new CardDataError(`expected AIP and AFL of at least 6 bytes, got ${value.length}`)
  return { aip: value.subarray(0, 2), afl: parseAfl(value.subarray(2)), atc: null }
}
