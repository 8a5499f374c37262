import { getProcessingOptions } from '../../../protocols/apdu/commands.ts'
import { describeStatus } from '../../../protocols/apdu/status-words.ts'
import { toHex } from '../../../protocols/bytes/bytes.ts'
import { type AflEntry, parseAfl } from '../../../protocols/emv/afl.ts'
import { parseDol } from '../../../protocols/tlv/dol.ts'
import { templateOf } from '../card-data.ts'
import { exchange, invalid, type Kernel2Context, learn, parsing } from './context.ts'
import { go, type Phase, selectNext, stop } from './endings.ts'

export interface ProcessingOptions {
  /** 82, 2 bytes. */
  aip: Uint8Array
  afl: AflEntry[]
}

const NAME = 'GET PROCESSING OPTIONS'
const AIP_BYTES = 2

/** Initiates the application with the data that its PDOL asks for, Book C-2, states 1 and 3. */
export async function readProcessingOptions(context: Kernel2Context): Promise<Phase<ProcessingOptions>> {
  const { data, note } = context
  const list = parsing(context, 'PDOL', () => parseDol(data.get('9F38') ?? new Uint8Array()))
  if (!list.done) return list
  context.pdolData = data.build(list.value)
  data.set('DF8111', context.pdolData)
  note('PDOL related data', `${list.value.map(({ tag }) => tag).join(' ') || 'no PDOL'}`)
  const answer = await exchange(context, NAME, getProcessingOptions(context.pdolData))
  if (!answer.done) return answer
  const { sw, data: response } = answer.value
  if (sw !== 0x9000) return stop(selectNext('STATUS BYTES', `${NAME}: ${describeStatus(sw)}`, sw))
  return optionsOf(context, response)
}

// EMV 4.4 Book 3, 6.5.8.4: format 1 is AIP and AFL without tags, format 2 a template of data objects.
function optionsOf(context: Kernel2Context, response: Uint8Array): Phase<ProcessingOptions> {
  const { data } = context
  const stored = parsing(context, NAME, () => {
    const template = templateOf({ data: response }, '77', '80')
    if (template.tag === '77') return learn(data, template)
    data.learn('82', template.value.subarray(0, AIP_BYTES))
    data.learn('94', template.value.subarray(AIP_BYTES))
  })
  if (!stored.done) return stored
  const [aip, afl] = [data.get('82'), data.get('94')]
  if (aip?.length !== AIP_BYTES || afl === undefined || afl.length === 0)
    return stop(invalid(context, 'CARD DATA MISSING', `${NAME}: no AIP or no AFL`))
  context.note('Application Interchange Profile', toHex(aip))
  const entries = parsing(context, 'AFL', () => parseAfl(afl))
  return entries.done ? go({ aip, afl: entries.value }) : entries
}
