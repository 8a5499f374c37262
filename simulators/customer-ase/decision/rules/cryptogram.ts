import { equal, toHex } from '../../../../protocols/bytes/bytes.ts'
import { tapMark, unpredictableNumberOf } from '../tap-mark.ts'
import type { Rule, TapFacts } from './rule.ts'

/** The cryptogram is the card's own, over these very data, and never seen before. */
export const CRYPTOGRAM: readonly Rule<TapFacts>[] = [
  { code: 'cryptogram_wrong', broken: (facts) => !isAuthentic(facts) },
  { code: 'cryptogram_replayed', broken: (facts) => isReplayed(facts) },
  { code: 'atc_not_rising', broken: ({ payload, card }) => toNumber(payload.atc) <= card.lastAtc },
  {
    code: 'un_reused',
    broken: ({ payload, card }) =>
      card.recentTaps.some((mark) => unpredictableNumberOf(mark) === toHex(payload.unpredictableNumber)),
  },
]

/** Whether the cryptogram is right, and the one that the terminal put beside the payload. */
export function isAuthentic({ genuine, payload, payment }: TapFacts): boolean {
  return genuine && equal(Buffer.from(payment.signature, 'hex'), payload.cryptogram)
}

/** Whether this tap was seen before: the session key and the data are the same only if ATC and unpredictable number are. */
export function isReplayed({ payload, card }: TapFacts): boolean {
  return card.recentTaps.includes(tapMark(payload))
}

/** The two bytes of an ATC as a number. */
export function toNumber(atc: Uint8Array): number {
  return Buffer.from(atc).readUInt16BE()
}
