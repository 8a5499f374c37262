import { toHex } from '../../../protocols/bytes/bytes.ts'
import type { JournalEvent } from '../../../protocols/journal/journal.ts'
import { because, type ReasonCode } from '../../../protocols/outcome/outcome.ts'
import type { CardPayment, Money } from './payment.ts'
import type { Verdict } from './verdict.ts'

/** The journal's line about a decision: what was decided, and on which facts. */
export function decisionRecord(
  payment: CardPayment,
  code: ReasonCode | null,
  verdict: Verdict,
): JournalEvent & { kind: 'decision' } {
  const refusal = code === null ? null : because(code)
  return {
    kind: 'decision',
    party: 'customer-ase',
    word: refusal === null ? 'approved' : refusal.word === 'Declined' ? 'declined' : 'failed',
    code,
    reason: refusal?.reason ?? null,
    facts: { ...paymentFacts(payment), ...tapFacts(verdict), ...accountFacts(verdict) },
  }
}

function paymentFacts({ id, requestId, receiveAmount, debitAmount }: CardPayment): Record<string, string> {
  return { outgoingPayment: id, requestId, amount: inWords(receiveAmount), debitAmount: inWords(debitAmount) }
}

function tapFacts({ payload }: Verdict): Record<string, string> {
  if (payload === null) return {}
  const { atc, unpredictableNumber, amount, currency } = payload
  return {
    atc: toHex(atc),
    un: toHex(unpredictableNumber),
    signedAmount: String(amount),
    signedCurrency: currency,
  }
}

function accountFacts({ account, card }: Verdict): Record<string, string> {
  return {
    ...(account && {
      accountCurrency: account.assetCode,
      balanceBefore: String(account.balance),
      reservedBefore: String(account.reserved),
    }),
    ...(card && { card: card.id, lastAtc: String(card.lastAtc) }),
  }
}

function inWords({ value, assetCode, assetScale }: Money): string {
  return `${value} ${assetCode}, scale ${assetScale}`
}
