import type { Response } from '../../../protocols/apdu/response.ts'
import { templateOf } from '../card-data.ts'
import type { Trust } from '../emv/card-keys.ts'
import { aipHas } from './aip.ts'
import { invalid, type Kernel2Context, learn, parsing } from './context.ts'
import { runEmvMode } from './emv-mode.ts'
import type { Ending } from './endings.ts'
import { isConfigured } from './kernel-configuration.ts'
import { runMagStripeMode } from './mag-stripe-mode.ts'
import { type ProcessingOptions, readProcessingOptions } from './processing-options.ts'

/** Kernel 2 from its activation with the answer to the final SELECT (Book B, 3.4) to its outcome, EMV Contactless Book C-2. */
export async function runKernel2(context: Kernel2Context, fci: Response, trust: Trust): Promise<Ending> {
  const opened = parsing(context, 'SELECT', () => learn(context.data, templateOf(fci, '6F')))
  if (!opened.done) return opened.ending
  const options = await readProcessingOptions(context)
  return options.done ? runMode(context, options.value, trust) : options.ending
}

/** EMV mode when both sides have it, otherwise mag-stripe mode (Book C-2, S3.15). */
async function runMode(context: Kernel2Context, options: ProcessingOptions, trust: Trust): Promise<Ending> {
  const { configuration } = context
  const isEmv = aipHas(options.aip, 'emvMode') && !isConfigured(configuration, 'emvNotSupported')
  if (!isEmv && isConfigured(configuration, 'magStripeNotSupported'))
    return invalid(
      context,
      'MAGSTRIPE NOT SUPPORTED',
      'the card has mag-stripe mode alone, the terminal has not',
    )
  context.mode = isEmv ? 'EMV' : 'mag-stripe'
  context.note('Mode', context.mode)
  return isEmv ? runEmvMode(context, options, trust) : runMagStripeMode(context, options)
}
