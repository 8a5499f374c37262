import { toPaymentPointer } from '../../../protocols/interledger/payment-pointer.ts'
import type { ReasonCode } from '../../../protocols/outcome/outcome.ts'
import type { Policy } from '../config.ts'
import type { Evidence } from './evidence.ts'
import type { Payer, PayerAccount, PayerCard } from './payer.ts'
import type { CardPayment } from './payment.ts'
import { CARD_STATE } from './rules/card-state.ts'
import { isAuthentic, isReplayed } from './rules/cryptogram.ts'
import { triesAfter } from './rules/pin.ts'
import { firstBroken, type TapFacts } from './rules/rule.ts'
import { RULES_BEFORE_PIN, RULES_FROM_PIN } from './rules/rules.ts'
import type { Verdict } from './verdict.ts'

export interface Tap {
  payment: CardPayment
  /** Null when the payload cannot be read. */
  evidence: Evidence | null
  /** Wallet address (URL) that the payment goes to, or null. Asked for only when it matters. */
  receiver: () => Promise<string | null>
  now: number
  policy: Policy
}

/** Applies the rules to a tap: payload, payer and card first, then, for an active card, those of the tap. Stores nothing. */
export async function judge(tap: Tap, { account, cards }: Payer): Promise<Verdict> {
  const { evidence } = tap
  const refuse = (code: ReasonCode, card: PayerCard | null = null): Verdict => ({
    code,
    payload: evidence?.payload ?? null,
    account,
    card,
    spent: false,
    pinTries: null,
  })
  if (evidence === null) return refuse('payload_malformed')
  const [newest, ...older] = cards
  if (account === null || newest === undefined) return refuse('card_unknown')
  requireSameAsset(tap.payment, account)
  if (evidence.payload.sender !== toPaymentPointer(account.walletAddress)) return refuse('wallet_mismatch')
  const card = await evidence.check.cardOf([newest, ...older])
  const state = firstBroken(CARD_STATE, card)
  return state === null ? weigh(await factsOf(tap, evidence, account, card)) : refuse(state, card)
}

async function factsOf(
  { payment, receiver, now, policy }: Tap,
  { payload, check, pin }: Evidence,
  account: PayerAccount,
  card: PayerCard,
): Promise<TapFacts> {
  // While Rafiki is asked the HSM has time. Of a card that did not sign, no PIN is looked at.
  const signed = check.isBy(card)
  const [genuine, verified, paidTo] = await Promise.all([signed, pin.of(card, signed), receiver()])
  return { payment, payload, account, card, genuine, pin: verified, receiver: paidTo, now, policy }
}

function weigh(facts: TapFacts): Verdict {
  const { payload, account, card } = facts
  const spent = isAuthentic(facts) && !isReplayed(facts)
  const refused = firstBroken(RULES_BEFORE_PIN, facts)
  // A PIN counts only in a payment that is good so far.
  const pinTries = refused === null ? triesAfter(facts) : null
  return { code: refused ?? firstBroken(RULES_FROM_PIN, facts), payload, account, card, spent, pinTries }
}

function requireSameAsset({ debitAmount }: CardPayment, account: PayerAccount): void {
  if (debitAmount.assetCode === account.assetCode && debitAmount.assetScale === account.assetScale) return
  throw new Error(
    `expected Rafiki to debit ${account.walletAddress} in ${account.assetCode}, scale ${account.assetScale}, ` +
      `got ${debitAmount.assetCode}, scale ${debitAmount.assetScale}: open the account with the asset of its wallet address`,
  )
}
