import { amountOf } from '../backend/assets.ts'
import type { Fee } from '../backend/fees.ts'
import type { IncomingPayment } from '../backend/incoming-payments.ts'
import type { Account, Transfer } from '../backend/ledger.ts'
import { hasAccount, type OutgoingPayment } from '../backend/outgoing-payment.ts'
import { type PageRequest, pageOf } from '../backend/page.ts'
import type { Quote } from '../backend/quotes.ts'
import type { Receiver } from '../backend/receivers.ts'
import type { WalletAddressKey } from '../backend/wallet-address-keys.ts'
import type { PastEvent } from '../backend/webhooks.ts'

// From the backend's records to the types of the schema; those that lead on to others are in nodes.ts.

/** What a node tells of the tenant it belongs to. */
export interface Owner {
  id: string
}

export function feeShape(fee: Fee) {
  return { ...fee, createdAt: iso(fee.createdAt) }
}

export function keyShape(key: WalletAddressKey) {
  return { ...key, createdAt: iso(key.createdAt) }
}

export function incomingPaymentShape(payment: IncomingPayment, url: string, tenant: Owner) {
  const { asset, walletAddress, incomingAmount, credited, cancelledAt } = payment
  return {
    ...common(payment, tenant),
    url,
    walletAddressId: walletAddress.id,
    liquidity: touched(payment),
    expiresAt: iso(payment.expiresAt),
    incomingAmount: incomingAmount === null ? null : amountOf(incomingAmount, asset),
    receivedAmount: amountOf(credited, asset),
    senderWalletAddress: payment.senderWalletAddress,
    cancellationReason: payment.cancellationReason,
    cancelledAt: cancelledAt === null ? null : iso(cancelledAt),
  }
}

export function outgoingPaymentShape(payment: OutgoingPayment, tenant: Owner) {
  const { asset, quote } = payment
  const { receiver, debitAmount, receiveAmount, ...rest } = quoteShape(quote, tenant)
  return {
    ...common(payment, tenant),
    walletAddressId: rest.walletAddressId,
    receiver,
    debitAmount,
    receiveAmount,
    liquidity: hasAccount(payment) ? payment.balance : null,
    error: payment.error,
    stateAttempts: payment.stateAttempts,
    sentAmount: amountOf(payment.debited, asset),
    grantId: null,
    quote: { receiver, debitAmount, receiveAmount, ...rest },
  }
}

export function quoteShape(quote: Quote, tenant: Owner) {
  const { id, walletAddress, receiver, debit, receiveAmount, estimatedExchangeRate } = quote
  return {
    id,
    tenantId: tenant.id,
    walletAddressId: walletAddress.id,
    receiver,
    debitAmount: amountOf(debit, walletAddress.asset),
    receiveAmount,
    estimatedExchangeRate,
    createdAt: iso(quote.createdAt),
    expiresAt: iso(quote.expiresAt),
  }
}

/** A payment of either direction. */
export function paymentShape(payment: IncomingPayment | OutgoingPayment, tenant: Owner) {
  const outgoing = 'quote' in payment
  return {
    ...common(payment, tenant),
    type: outgoing ? 'OUTGOING' : 'INCOMING',
    walletAddressId: payment.walletAddress.id,
    liquidity: outgoing ? (hasAccount(payment) ? payment.balance : null) : touched(payment),
  }
}

export function receiverShape({ walletAddress, ...receiver }: Receiver) {
  return { ...receiver, walletAddressUrl: walletAddress }
}

export function eventShape({ createdAt, ...event }: PastEvent, tenant: Owner) {
  return { ...event, createdAt: iso(createdAt), tenant }
}

export function transferShape({ type, createdAt, expiresAt, ...transfer }: Transfer) {
  const until = expiresAt === null ? null : iso(expiresAt)
  return { ...transfer, transferType: type, createdAt: iso(createdAt), expiresAt: until }
}

/** A page of `items`, which come oldest first, cut as `request` says. */
export function connectionOf<Item extends { id: string }>(
  items: readonly Item[],
  request: PageRequest,
  shape: (item: Item) => unknown,
) {
  const page = pageOf(items, request)
  return { pageInfo: page.info, edges: page.items.map((item) => ({ cursor: item.id, node: shape(item) })) }
}

export function iso(time: number): string {
  return new Date(time).toISOString()
}

function common({ id, state, metadata, createdAt }: IncomingPayment | OutgoingPayment, tenant: Owner) {
  return { id, client: null, state, metadata, createdAt: iso(createdAt), tenant }
}

/** An account comes to be with the first money. */
function touched({ credited, balance }: Account): bigint | null {
  return credited === 0n ? null : balance
}
