import { ODA_REASONS } from '../../protocols/emv/oda/reasons.ts'

/** What features say of a signature or certificate with a wrong bit. */
const UNSIGNED = 'what is recovered was never signed'
// Anything is recovered then: once in 256 times it ends in BC, and once in 256 of these it begins with 6A (EMV 4.4 Book 2, 5 and 6).
const WHY = ['trailer_wrong', 'header_wrong', 'format_wrong'] as const

/** The texts that a feature's text stands for: itself, or one for each way to find that nothing was signed. */
export function textsFor(text: string): string[] {
  return text.includes(UNSIGNED) ? WHY.map((why) => text.replace(UNSIGNED, ODA_REASONS[why])) : [text]
}
