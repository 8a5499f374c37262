import { z } from 'zod'
import { amountJson, amountOf } from '../backend/assets.ts'
import type { Backend } from '../backend/backend.ts'
import type { IncomingPayment } from '../backend/incoming-payments.ts'
import { pageOf } from '../backend/page.ts'

// Of a repeated parameter point-of-sale makes no number, and hands that on as none.
const count = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform((text) => (text ? Number(text) || null : undefined))
const query = z.looseObject({
  receiverWalletAddress: z.string(),
  first: count,
  last: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .transform((text) => (text ? Number(text) || 0 : undefined)),
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
  const { id, walletAddress, senderWalletAddress, state, metadata, asset, credited, incomingAmount } = payment
  return {
    id,
    url,
    walletAddressId: walletAddress.id,
    senderWalletAddress,
    state,
    metadata,
    receivedAmount: amountJson(amountOf(credited, asset)),
    ...(incomingAmount === null ? {} : { incomingAmount: amountJson(amountOf(incomingAmount, asset)) }),
    expiresAt: new Date(payment.expiresAt).toISOString(),
    createdAt: new Date(payment.createdAt).toISOString(),
  }
}
