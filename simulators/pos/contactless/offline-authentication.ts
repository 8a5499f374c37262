import type { AuthenticatedRecord } from '../../../protocols/emv/oda/static-data.ts'
import type { Trust } from '../emv/card-keys.ts'
import { aipHas } from './aip.ts'
import type { AcAnswer } from './application-cryptogram.ts'
import { verifyCda } from './cda.ts'
import { invalid, type Kernel2Context } from './context.ts'
import { go, type Phase, stop } from './endings.ts'

/** What CDA needs of the card, Book C-2, S456. */
const CDA_TAGS = ['8F', '90', '9F32', '9F46', '9F47', '9F4A']
const CDA_SECURITY = 0x08

/** Whether the card can be asked for CDA; what keeps it from it is in the TVR. */
export function prepareCda(context: Kernel2Context, aip: Uint8Array, trust: Trust): boolean {
  const { data, tvr, configuration, note } = context
  if (!aipHas(aip, 'cda') || ((configuration.security[0] ?? 0) & CDA_SECURITY) === 0) {
    tvr.set('odaNotPerformed')
    return false
  }
  const missing = CDA_TAGS.filter((tag) => !data.has(tag))
  if (missing.length > 0) {
    note('Offline data authentication', `the card lacks ${missing.join(' ')}`)
    tvr.set('iccDataMissing')
    tvr.set('cdaFailed')
    return true
  }
  const [index = 0] = data.require('8F')
  const key = trust.caKeys(data.require('84').subarray(0, 5), index, data.require('9A'))
  if (!key.ok) {
    note('Offline data authentication', key.text)
    tvr.set('cdaFailed')
  }
  return true
}

/** Whether the cryptogram is the card's as far as the terminal can tell, Book C-2, S910. */
export function proveCryptogram(
  context: Kernel2Context,
  answer: AcAnswer,
  records: readonly AuthenticatedRecord[],
  trust: Trust,
): Phase<null> {
  const { data, tvr, note } = context
  if (answer.signed === null) return acceptUnsigned(context, answer)
  const verdict = verifyCda(context, trust, { ...answer, signed: answer.signed, records })
  if (!verdict.ok) {
    tvr.set('cdaFailed')
    note('Offline data authentication', `CDA failed: ${verdict.text}`)
    return stop(invalid(context, 'CAM FAILED', `CDA failed: ${verdict.text}`))
  }
  note('Offline data authentication', 'CDA successful')
  data.learn('9F26', verdict.cryptogram)
  data.learn('9F4C', verdict.dynamicNumber)
  return go(null)
}

function acceptUnsigned(context: Kernel2Context, { type, request }: AcAnswer): Phase<null> {
  if (context.data.get('9F26')?.length !== 8)
    return stop(invalid(context, 'CARD DATA MISSING', 'GENERATE AC: no application cryptogram'))
  if (request.cda && type !== 'AAC')
    return stop(invalid(context, 'CARD DATA ERROR', `GENERATE AC: ${type} without the signature asked for`))
  return go(null)
}
