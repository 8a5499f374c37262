import type { Clock } from '../../../protocols/clock/clock.ts'
import type { ReasonCode } from '../../../protocols/outcome/outcome.ts'
import type { CardKeys } from '../cards/card-keys.ts'
import type { IssuerPins } from '../cards/issuer-pins.ts'
import type { Policy } from '../config.ts'
import type { CustomerRafiki } from '../rafiki/customer-rafiki.ts'
import type { DecisionStore } from './decision-store.ts'
import { evidenceOf } from './evidence.ts'
import { judge } from './judge.ts'
import type { Payer } from './payer.ts'
import type { CardPayment } from './payment.ts'
import type { Verdict } from './verdict.ts'

export interface DecisionParts {
  store: DecisionStore
  keys: CardKeys
  pins: () => Promise<IssuerPins>
  rafiki: CustomerRafiki
  policy: Policy
  clock: Clock
}

/** A stored decision; `code` null: approved, and the debit amount is reserved. */
export interface Decision {
  code: ReasonCode | null
  verdict: Verdict
}

/**
 * Decides on a payment and stores the decision; null when it was decided before. When the card has changed since `payer` was read
 * (another tap, a new state) the rules are applied anew: each time it was somebody else's change that was stored, so this ends.
 */
export async function decide(
  parts: DecisionParts,
  payment: CardPayment,
  payer: Payer,
  eventId: string,
): Promise<Decision | null> {
  const { store, rafiki, policy, clock } = parts
  const evidence = evidenceOf(payment.payload, parts)
  const receiver = once(() => rafiki.receiverOf(payment.receiver))
  for (let known = payer; known.decidedBy === null; known = await store.payerOf(payment)) {
    const verdict = await judge({ payment, evidence, receiver, now: clock.now(), policy }, known)
    const recorded = await store.record(payment, eventId, verdict)
    if (recorded === 'known') return null
    if (recorded !== 'stale') return { code: recorded === 'approved' ? null : recorded, verdict }
  }
  return null
}

function once<Value>(ask: () => Promise<Value>): () => Promise<Value> {
  let answer: Promise<Value> | undefined
  return () => {
    answer ??= ask()
    return answer
  }
}
