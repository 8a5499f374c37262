import { because, type Outcome } from '../../../protocols/outcome/outcome.ts'
import { INACTIVE } from '../merchants/merchant-state.ts'
import type { PaymentRequest } from './payment-request.ts'
import type { KnownTerminal, Wallet } from './terminals.ts'

/** The merchant's wallet that may take this payment, or why none may. */
export type PolicyVerdict = { allowed: true; wallet: Wallet } | { allowed: false; outcome: Outcome }

/** The merchant's state, then its currencies, then its limit: the first that fails is the reason. */
export function applyPolicy(
  { merchantState, wallet }: KnownTerminal,
  { amount }: Pick<PaymentRequest, 'amount'>,
): PolicyVerdict {
  if (merchantState !== 'active') return refuse(because(INACTIVE[merchantState]))
  if (wallet === null) return refuse(because('merchant_currency', amount.assetCode))
  if (wallet.assetScale !== amount.assetScale)
    return refuse(
      because(
        'merchant_currency',
        `${amount.assetCode} with scale ${amount.assetScale}, expected ${wallet.assetScale}`,
      ),
    )
  if (wallet.limit !== null && BigInt(amount.value) > BigInt(wallet.limit))
    return refuse(because('merchant_limit'))
  return { allowed: true, wallet }
}

function refuse(outcome: Outcome): PolicyVerdict {
  return { allowed: false, outcome }
}
