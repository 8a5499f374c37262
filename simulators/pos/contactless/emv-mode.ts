import { toHex } from '../../../protocols/bytes/bytes.ts'
import { type ActionCodes, analyseAction } from '../emv/action-analysis.ts'
import type { Trust } from '../emv/card-keys.ts'
import { restrictProcessing } from '../emv/processing-restrictions.ts'
import { terminalTypeOf } from '../emv/terminal-type.ts'
import { aipHas } from './aip.ts'
import {
  type AcAnswer,
  type AcRequest,
  generateCryptogram,
  recoverCryptogram,
  tornRecordOf,
} from './application-cryptogram.ts'
import { readBalance } from './balance.ts'
import { concludeWith } from './conclusion.ts'
import type { Kernel2Context } from './context.ts'
import { selectCvm } from './cvm-selection.ts'
import { type Ending, go, type Phase } from './endings.ts'
import { isConfigured } from './kernel-configuration.ts'
import { checkCardAndLimits, isOverCvmLimit } from './limits.ts'
import { prepareCda, proveCryptogram } from './offline-authentication.ts'
import type { ProcessingOptions } from './processing-options.ts'
import { readRecords } from './records.ts'
import { resistRelay } from './relay-exchange.ts'
import { showing } from './user-interface.ts'

/** 9F5D byte 2 bit 1: CDA with every cryptogram, AAC included. */
const CDA_WITH_AAC = 0x01

/** An EMV mode transaction from the processing options to its end, Book C-2, states R1 to 17. */
export async function runEmvMode(
  context: Kernel2Context,
  options: ProcessingOptions,
  trust: Trust,
): Promise<Ending> {
  const relay = await relayPhase(context, options.aip)
  if (!relay.done) return relay.ending
  const records = await readRecords(context, options.afl)
  if (!records.done) return records.ending
  const checked = checkCardAndLimits(context, options.aip)
  if (!checked.done) return checked.ending
  const request = await decide(context, options.aip, trust)
  if (!request.done) return request.ending
  const answer = await askForCryptogram(context, request.value)
  if (!answer.done) return answer.ending
  await readBalance(context, 'after')
  context.deps.display?.(showing('clear display', 'card read successfully'))
  const proved = proveCryptogram(context, answer.value, records.value, trust)
  return proved.done ? concludeWith(context, answer.value.type) : proved.ending
}

async function relayPhase(context: Kernel2Context, aip: Uint8Array): Promise<Phase<null>> {
  if (aipHas(aip, 'relayResistance') && isConfigured(context.configuration, 'relayResistance'))
    return resistRelay(context)
  context.tvr.set('relayNotPerformed')
  return go(null)
}

/** Everything that fills the TVR, and what the terminal asks the card for: Book C-2, S456.30 and following. */
async function decide(context: Kernel2Context, aip: Uint8Array, trust: Trust): Promise<Phase<AcRequest>> {
  const { data, tvr, configuration, transaction, note } = context
  const cda = prepareCda(context, aip, trust)
  await readBalance(context, 'before')
  restrictProcessing(data, tvr)
  const cvm = selectCvm(context, aip, isOverCvmLimit(context))
  if (!cvm.done) return cvm
  if (transaction.amount > configuration.floorLimit) tvr.set('floorLimitExceeded')
  const codes: ActionCodes = {
    denial: toHex(configuration.tac.denial),
    online: toHex(configuration.tac.online),
    default: toHex(configuration.tac.default),
  }
  const type = terminalTypeOf(toHex(data.require('9F35')))
  return go(requestOf(context, analyseAction({ data, tvr, codes, type, note }), aip, cda))
}

/** Book C-2, 7.6 (Prepare GENERATE AC command): without CDA that was meant to be, a device with a CVM of its own is declined. */
function requestOf(
  { data, tvr, configuration }: Kernel2Context,
  type: AcRequest['type'],
  aip: Uint8Array,
  cda: boolean,
): AcRequest {
  if (!cda) return { type, cda: false }
  if (tvr.has('cdaFailed')) {
    const onDevice = aipHas(aip, 'onDeviceCvm') && isConfigured(configuration, 'onDeviceCvm')
    return { type: onDevice ? 'AAC' : type, cda: false }
  }
  const [, information = 0] = data.get('9F5D') ?? []
  return { type, cda: type !== 'AAC' || (information & CDA_WITH_AAC) !== 0 }
}

async function askForCryptogram(context: Kernel2Context, request: AcRequest): Promise<Phase<AcAnswer>> {
  const torn = tornRecordOf(context)
  if (torn !== null) {
    const recovered = await recoverCryptogram(context, torn)
    if (!recovered.done) return recovered
    if (recovered.value !== null) return go(recovered.value)
  }
  return generateCryptogram(context, request)
}
