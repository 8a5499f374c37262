import { aipHas } from './aip.ts'
import { invalid, type Kernel2Context } from './context.ts'
import { go, type Phase, selectNext, stop } from './endings.ts'
import { isConfigured } from './kernel-configuration.ts'

/** Book C-2, S456: without these a card cannot make a transaction. */
const MANDATORY = ['5F24', '5A', '8C']

/** Mandatory data, the contactless transaction limit, and which cardholder verification the terminal has for this amount. */
export function checkCardAndLimits(context: Kernel2Context, aip: Uint8Array): Phase<null> {
  const { data, configuration, transaction, note } = context
  const missing = MANDATORY.filter((tag) => (data.get(tag)?.length ?? 0) === 0)
  if (missing.length > 0)
    return stop(invalid(context, 'CARD DATA MISSING', `the card lacks ${missing.join(' ')}`))
  const onDevice = aipHas(aip, 'onDeviceCvm') && isConfigured(configuration, 'onDeviceCvm')
  const limit = onDevice ? configuration.transactionLimitOnDevice : configuration.transactionLimit
  if (transaction.amount > limit)
    return stop(selectNext('MAX LIMIT EXCEEDED', `amount is above the contactless limit of ${limit}`))
  const over = isOverCvmLimit(context)
  data.set('9F33', capabilities(context, over ? configuration.cvmRequired : configuration.noCvmRequired))
  context.receipt = over
  note(
    'Reader limits',
    `transaction limit ${limit}${onDevice ? ' with on-device CVM' : ''}, CVM required: ${over ? 'yes' : 'no'}`,
  )
  return go(null)
}

/** Whether the cardholder has to be verified: the amount is above DF8126. */
export function isOverCvmLimit({ transaction, configuration }: Kernel2Context): boolean {
  return transaction.amount > configuration.cvmRequiredLimit
}

function capabilities({ configuration }: Kernel2Context, cvm: Uint8Array): Uint8Array {
  const [input = 0] = configuration.cardDataInput
  const [verification = 0] = cvm
  const [security = 0] = configuration.security
  return Uint8Array.of(input, verification, security)
}
