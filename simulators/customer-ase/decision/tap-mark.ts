import { toHex } from '../../../protocols/bytes/bytes.ts'
import type { InterledgerPayload } from '../../../protocols/interledger/payload.ts'

const ATC_DIGITS = 4

/** ATC (4 hex digits) and unpredictable number (8): what tells two taps of one card apart. */
export function tapMark({ atc, unpredictableNumber }: InterledgerPayload): string {
  return toHex(atc) + toHex(unpredictableNumber)
}

/** The unpredictable number of a {@link tapMark}, hex. */
export function unpredictableNumberOf(mark: string): string {
  return mark.slice(ATC_DIGITS)
}
