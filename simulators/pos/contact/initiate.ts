import { getProcessingOptions } from '../../../protocols/apdu/commands.ts'
import type { Response } from '../../../protocols/apdu/response.ts'
import { describeStatus } from '../../../protocols/apdu/status-words.ts'
import { toHex } from '../../../protocols/bytes/bytes.ts'
import { type AflEntry, parseAfl } from '../../../protocols/emv/afl.ts'
import { describeBits } from '../../../protocols/emv/bits.ts'
import { parseDol } from '../../../protocols/tlv/dol.ts'
import { type CardData, dataOf, mandatory, templateOf } from '../card-data.ts'
import { CardDataError, done, end, reading, type Step } from '../step.ts'
import type { ContactContext } from './context.ts'

const NAME = 'GET PROCESSING OPTIONS'
const CONDITIONS_NOT_SATISFIED = 0x6985

/** Initiates application processing, EMV 4.4 Book 3, 10.1: the AFL, or null when the card does not want this application (6985). */
export async function initiateApplication(context: ContactContext): Promise<Step<AflEntry[] | null>> {
  const { data, session, note } = context
  const pdol = reading('PDOL', () => parseDol(data.get('9F38') ?? new Uint8Array()))
  if (!pdol.done) return pdol
  context.pdolData = data.build(pdol.value)
  const answer = await session.send(NAME, getProcessingOptions(context.pdolData))
  if (!answer.done) return answer
  const response = answer.value
  if (response.sw === CONDITIONS_NOT_SATISFIED) {
    note('Initiate application processing', `application refused: ${describeStatus(response.sw)}`)
    return done(null)
  }
  if (response.sw !== 0x9000) return end('card_malformed', `${NAME}: ${describeStatus(response.sw)}`)
  const options = reading(NAME, () => optionsOf(response))
  if (!options.done) return options
  for (const [tag, value] of options.value) data.learn(tag, value)
  const aip = data.require('82')
  note('Initiate application processing', `AIP ${toHex(aip)}: ${describeBits('82', aip)}`)
  return reading(NAME, () => parseAfl(data.require('94')))
}

/** Format 1 is the values without tags, format 2 a template of data objects: Book 3, 6.5.8.4. */
function optionsOf(response: Response): CardData {
  const template = templateOf(response, '77', '80')
  if (template.tag === '77') {
    const options = dataOf(template)
    mandatory(options, '82', 2)
    mandatory(options, '94', 4, 252)
    return options
  }
  const { value } = template
  if (value.length < 6)
    throw new CardDataError(`expected AIP and AFL of at least 6 bytes, got ${value.length}`)
  return new Map([
    ['82', value.subarray(0, 2)],
    ['94', value.subarray(2)],
  ])
}
