import type { InterledgerPayload } from '../../../../protocols/interledger/payload.ts'
import type { ReasonCode } from '../../../../protocols/outcome/outcome.ts'
import type { PinCheck } from '../../cards/issuer-pins.ts'
import type { Policy } from '../../config.ts'
import type { PayerAccount, PayerCard } from '../payer.ts'
import type { CardPayment } from '../payment.ts'

/** Everything the issuer looks at once it knows whose card was tapped. */
export interface TapFacts {
  payment: CardPayment
  payload: InterledgerPayload
  account: PayerAccount
  card: PayerCard
  /** Whether the HSM found the cryptogram to be this card's. */
  genuine: boolean
  /** What the HSM says of the PIN; null when there was nothing to verify. */
  pin: PinCheck | null
  /** Wallet address (URL) that the payment goes to; null when its incoming payment cannot be found. */
  receiver: string | null
  now: number
  policy: Policy
}

/** One thing that must hold, and the reason when it does not. */
export interface Rule<Facts> {
  code: ReasonCode
  broken(facts: Facts): boolean
}

/** The reason of the first broken rule, or null. */
export function firstBroken<Facts>(rules: readonly Rule<Facts>[], facts: Facts): ReasonCode | null {
  return rules.find((rule) => rule.broken(facts))?.code ?? null
}
