import { z } from 'zod'
import { amountJson, amountOf } from '../backend/assets.ts'
import type { Backend } from '../backend/backend.ts'
import type { IncomingPayment } from '../backend/incoming-payments.ts'
import { pageOf } from '../backend/page.ts'

const count = z.coerce.number().int().positive().optional()
const query = z.looseObject({
  receiverWalletAddress: z.string(),
  first: count,
  last: count,
  before: z.string().optional(),
  after: z.string().optional(),
  sortOrder: z.enum(['ASC', 'DESC']).optional(),
})

/**
 * The card payments of a wallet address. Rafiki adds to each its tenant, with the Admin API's secret, for anyone who asks: left out here.
 */
export function paymentsPage(
  input: unknown,
  { walletAddresses, incomingPayments }: Backend,
): Record<string, unknown> {
  const { receiverWalletAddress, ...request } = query.parse(input)
  const walletAddress = walletAddresses.byUrl(receiverWalletAddress)
  const payments = incomingPayments
    .list()
    .filter((payment) => payment.card && payment.walletAddress === walletAddress)
  const { items, info } = pageOf(payments, request)
  return {
    result: items.map((payment) => entryOf(payment, incomingPayments.url(payment))),
    pagination: info,
  }
}

function entryOf(payment: IncomingPayment, url: string): Record<string, unknown> {
  const { id, walletAddress, senderWalletAddress, state, metadata, asset, received, incomingAmount } = payment
  return {
    id,
    url,
    walletAddressId: walletAddress.id,
    senderWalletAddress,
    state,
    metadata,
    receivedAmount: amountJson(amountOf(received, asset)),
    ...(incomingAmount === null ? {} : { incomingAmount: amountJson(amountOf(incomingAmount, asset)) }),
    expiresAt: new Date(payment.expiresAt).toISOString(),
    createdAt: new Date(payment.createdAt).toISOString(),
  }
}
