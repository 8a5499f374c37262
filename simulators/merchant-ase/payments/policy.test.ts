import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { MerchantState } from '../merchants/merchant-state.ts'
import { applyPolicy } from './policy.ts'
import type { KnownTerminal, Wallet } from './terminals.ts'

const WALLET: Wallet = {
  walletAddress: 'https://shop.tapbench.example/eur',
  walletAddressId: null,
  assetCode: 'EUR',
  assetScale: 2,
  limit: '5000',
}
const TERMINAL: KnownTerminal = {
  id: 'pos-1',
  publicKey: '',
  merchantId: 'shop',
  merchantState: 'active',
  wallet: WALLET,
  keysOverdueAt: null,
}

function judged(terminal: Partial<KnownTerminal>, value = '5000', assetScale = 2): string | null {
  const verdict = applyPolicy(
    { ...TERMINAL, ...terminal },
    { amount: { value, assetCode: 'EUR', assetScale } },
  )
  return verdict.allowed ? verdict.wallet.walletAddress : verdict.outcome.code
}

describe('the merchant', () => {
  const states: Readonly<Record<MerchantState, string>> = {
    onboarded: 'merchant_not_activated',
    active: WALLET.walletAddress,
    suspended: 'merchant_suspended',
    closed: 'merchant_closed',
  }
  for (const [merchantState, expected] of Object.entries(states))
    test(`is ${merchantState}`, () =>
      assert.equal(judged({ merchantState: merchantState as MerchantState }), expected))

  test('has no wallet for the currency, or of another scale', () => {
    assert.equal(judged({ wallet: null }), 'merchant_currency')
    assert.equal(judged({}, '5000', 3), 'merchant_currency')
  })

  test('takes payments up to the limit, or any without one', () => {
    assert.equal(judged({}, '5001'), 'merchant_limit')
    assert.equal(judged({ wallet: { ...WALLET, limit: null } }, '999999999999'), WALLET.walletAddress)
  })

  test('has a state that comes before its currencies and its limit', () =>
    assert.equal(judged({ merchantState: 'suspended', wallet: null }), 'merchant_suspended'))
})
