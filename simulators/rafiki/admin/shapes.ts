import { type Asset, amountOf } from '../backend/assets.ts'
import type { IncomingPayment } from '../backend/incoming-payments.ts'
import type { OutgoingPayment } from '../backend/outgoing-payment.ts'
import type { Page } from '../backend/page.ts'
import type { Peer } from '../backend/peers.ts'
import type { Receiver } from '../backend/receivers.ts'
import type { WalletAddress } from '../backend/wallet-addresses.ts'

// From the backend's records to the types of the schema.

export function assetShape({ balance, createdAt, ...asset }: Asset) {
  return { ...asset, liquidity: balance, createdAt: iso(createdAt) }
}

export function peerShape({ balance, createdAt, asset, outgoing, ...peer }: Peer) {
  return {
    ...peer,
    liquidity: balance,
    createdAt: iso(createdAt),
    asset: assetShape(asset),
    http: { outgoing },
  }
}

export function walletAddressShape({ active, createdAt, asset, ...walletAddress }: WalletAddress) {
  return {
    ...walletAddress,
    createdAt: iso(createdAt),
    asset: assetShape(asset),
    status: active ? 'ACTIVE' : 'INACTIVE',
  }
}

export function incomingPaymentShape(payment: IncomingPayment, url: string) {
  const { asset, walletAddress, incomingAmount, received, balance } = payment
  return {
    id: payment.id,
    url,
    walletAddressId: walletAddress.id,
    client: null,
    liquidity: balance,
    state: payment.state,
    expiresAt: iso(payment.expiresAt),
    incomingAmount: incomingAmount === null ? null : amountOf(incomingAmount, asset),
    receivedAmount: amountOf(received, asset),
    metadata: payment.metadata,
    createdAt: iso(payment.createdAt),
    senderWalletAddress: payment.senderWalletAddress,
  }
}

export function outgoingPaymentShape(payment: OutgoingPayment, tenantId: string) {
  const { id, asset, walletAddress, receiver, receiveAmount } = payment
  const shared = {
    id,
    walletAddressId: walletAddress.id,
    receiver,
    debitAmount: amountOf(payment.debit, asset),
    receiveAmount,
    createdAt: iso(payment.createdAt),
  }
  const quote = {
    ...shared,
    tenantId,
    expiresAt: iso(payment.expiresAt),
    estimatedExchangeRate: payment.estimatedExchangeRate,
  }
  return {
    ...shared,
    client: null,
    liquidity: payment.balance,
    state: payment.state,
    error: payment.error,
    stateAttempts: payment.stateAttempts,
    sentAmount: amountOf(payment.sent, asset),
    metadata: payment.metadata,
    grantId: null,
    quote,
  }
}

export function receiverShape({ walletAddress, ...receiver }: Receiver) {
  return { ...receiver, walletAddressUrl: walletAddress }
}

export function connectionShape<Item extends { id: string }>(
  { items, info }: Page<Item>,
  shape: (item: Item) => unknown,
) {
  return { pageInfo: info, edges: items.map((item) => ({ cursor: item.id, node: shape(item) })) }
}

function iso(time: number): string {
  return new Date(time).toISOString()
}
