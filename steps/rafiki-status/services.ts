import type { Party } from '../../protocols/journal/journal.ts'
import type { Plan, Side } from '../bench/plan.ts'
import {
  adminApi,
  type Check,
  cardService,
  cardSupport,
  openPayments,
  pointOfSale,
  walletAddresses,
  webhookSecret,
} from './checks.ts'

/** One of the services of a pair. */
export interface Service {
  name: string
  party: Extract<Party, 'rafiki-merchant' | 'rafiki-customer'>
  /** The key of the profile that says where it is. */
  setting: string
  /** Base URL; null when the profile has none. */
  url(plan: Plan): string | null
  /** What is asked beside its health, in this order. */
  checks: readonly Check[]
}

/** The six services of a pair on which cards are paid. */
export const SERVICES: readonly Service[] = [
  backend('merchant', []),
  auth('merchant'),
  {
    name: "merchant's point-of-sale",
    party: 'rafiki-merchant',
    setting: 'rafiki.merchant.pointOfSaleUrl',
    url: (plan) => plan.pointOfSaleUrl,
    checks: [pointOfSale, webhookSecret],
  },
  backend('customer', [cardSupport]),
  auth('customer'),
  {
    name: "customer's card service",
    party: 'rafiki-customer',
    setting: 'rafiki.customer.cardServiceUrl',
    url: (plan) => plan.cardServiceUrl,
    checks: [cardService],
  },
]

function backend(side: Side, more: readonly Check[]): Service {
  return {
    name: `${side}'s backend`,
    party: `rafiki-${side}`,
    setting: `rafiki.${side}.adminUrl`,
    url: (plan) => new URL(plan.adminUrl[side]).origin,
    checks: [adminApi(side), ...more, openPayments(side), walletAddresses(side)],
  }
}

function auth(side: Side): Service {
  return {
    name: `${side}'s auth server`,
    party: `rafiki-${side}`,
    setting: `rafiki.${side}.authUrl`,
    url: (plan) => plan.authUrl[side],
    checks: [],
  }
}
