import { templateOf } from '../card-data.ts'
import { CardDataError } from '../step.ts'
import { exchangeRelayResistanceData } from './commands.ts'
import { ask, invalid, type Kernel2Context, parsing, unpredictable } from './context.ts'
import { go, type Phase, stop } from './endings.ts'
import {
  judgeRelayResistance,
  MOST_RETRIES,
  parseRelayResistanceData,
  type RelayResistanceData,
  type RelayResistanceVerdict,
} from './relay-resistance.ts'

const NAME = 'EXCHANGE RELAY RESISTANCE DATA'
const STEP = 'Relay resistance protocol'

interface Exchange {
  card: RelayResistanceData
  verdict: RelayResistanceVerdict
}

/** The relay resistance protocol, Book C-2, 3.10: one exchange, and two more while the card is slower than it says. */
export async function resistRelay(context: Kernel2Context): Promise<Phase<null>> {
  const { tvr, data, note } = context
  for (let counter = 0; ; counter++) {
    data.set('DF8307', Uint8Array.of(counter))
    const made = await exchangeOnce(context)
    if (!made.done) return made
    const { verdict } = made.value
    if (verdict.tooFast)
      return stop(invalid(context, 'CARD DATA ERROR', `${NAME}: answered sooner than the card can`))
    if (verdict.tooSlow && counter < MOST_RETRIES) {
      note(STEP, `too slow, asked again (${counter + 1} of ${MOST_RETRIES})`)
      continue
    }
    if (verdict.tooSlow) tvr.set('relayTimeLimitsExceeded')
    if (verdict.thresholdExceeded) tvr.set('relayThresholdExceeded')
    tvr.set('relayPerformed')
    return go(null)
  }
}

async function exchangeOnce(context: Kernel2Context): Promise<Phase<Exchange>> {
  const { data, deps, configuration, note } = context
  // The entropy is the unpredictable number of the transaction as well (Book C-2, S3.61 and SR1.22).
  const entropy = unpredictable(context, 'Terminal relay resistance entropy')
  data.set('9F37', entropy)
  data.set('DF8301', entropy)
  const started = deps.nowUs()
  const answer = await ask(context, NAME, exchangeRelayResistanceData(entropy))
  const tookUs = deps.nowUs() - started
  if (!answer.done) return answer
  const read = parsing(context, NAME, () => dataOf(answer.value))
  if (!read.done) return read
  const verdict = judgeRelayResistance(read.value, configuration.relayResistance, tookUs)
  keep(context, read.value, verdict)
  const { minimumTime, maximumTime } = read.value
  note(STEP, `took ${verdict.processingTime} of ${minimumTime} to ${maximumTime} (units of 100 µs)`)
  return go({ card: read.value, verdict })
}

function dataOf(response: Uint8Array): RelayResistanceData {
  const { value } = templateOf({ data: response }, '80')
  const read = parseRelayResistanceData(value)
  if (read === null) throw new CardDataError(`expected 10 bytes in 80, got ${value.length}`)
  return read
}

function keep({ data }: Kernel2Context, card: RelayResistanceData, verdict: RelayResistanceVerdict): void {
  data.set('DF8302', card.deviceEntropy)
  data.set('DF8303', twoBytes(card.minimumTime))
  data.set('DF8304', twoBytes(card.maximumTime))
  data.set('DF8305', twoBytes(card.transmissionTime))
  data.set('DF8306', twoBytes(verdict.processingTime))
}

function twoBytes(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff)
}
