import { z } from 'zod'
import type { RafikiAdmin } from '../../common/rafiki-admin.ts'
import { amountJson } from '../backend/assets.ts'
import type { NewIncomingPayment } from '../backend/incoming-payments.ts'
import { pageOf } from '../backend/page.ts'
import { BackendUnreachable, type CardBackend } from '../card-service/routes.ts'
import type { PosBackend } from '../point-of-sale/routes.ts'

type Admin = Pick<RafikiAdmin, 'run'>

const WALLET = `query Wallet($url: String!) { walletAddressByUrl(url: $url) { id } }`
const PAY = `mutation Pay($input: CreateOutgoingPaymentFromIncomingPaymentInput!) { createOutgoingPaymentFromIncomingPayment(input: $input) { payment { id } } }`
const EXPECT = `mutation Expect($input: CreateIncomingPaymentInput!) { createIncomingPayment(input: $input) { payment { id url } } }`
const LIST = `query List($after: String) { incomingPayments(first: 100, after: $after, sortOrder: ASC) {
  edges { node { id url walletAddressId senderWalletAddress state metadata expiresAt createdAt
    receivedAmount { value assetCode assetScale } incomingAmount { value assetCode assetScale } } }
  pageInfo { hasNextPage endCursor } } }`

/** The backend as its card service reaches it: over the Admin API. */
export function cardBackend(admin: Admin): CardBackend {
  const reached = reaching(admin)
  return {
    walletAddresses: walletAddressesOf(reached),
    outgoingPayments: { createFromIncomingPayment: (input) => reached.run(PAY, { input }) },
  }
}

/** The backend as its point-of-sale reaches it. */
export function posBackend(admin: Admin): PosBackend {
  const urls = new Map<string, string>()
  return {
    walletAddresses: walletAddressesOf(admin),
    incomingPayments: {
      create: async (order) => {
        const { payment } = await expectPayment(admin, order)
        urls.set(payment.id, payment.url)
        return payment
      },
      url: ({ id }) => {
        const url = urls.get(id) ?? ''
        urls.delete(id)
        return url
      },
    },
  }
}

type Created = { payment: { id: string; url: string } }

async function expectPayment(
  admin: Admin,
  { incomingAmount, ...order }: NewIncomingPayment,
): Promise<Created> {
  const input = { ...order, incomingAmount: incomingAmount ? amountJson(incomingAmount) : null }
  const { createIncomingPayment } = await admin.run<{ createIncomingPayment: Created }>(EXPECT, { input })
  return createIncomingPayment
}

function walletAddressesOf(admin: Admin) {
  return {
    byUrl: async (url: string) => {
      const found = await admin.run<{ walletAddressByUrl: { id: string } | null }>(WALLET, { url })
      return found.walletAddressByUrl
    },
  }
}

/** What the Admin API refuses, or that it does not answer, is one to the card service: 500. */
function reaching(admin: Admin): Admin {
  return {
    run: (query, variables) =>
      admin.run<never>(query, variables).catch((error: Error) => {
        throw new BackendUnreachable(error.message)
      }),
  }
}

const count = z.coerce.number().int().optional()
const listQuery = z.looseObject({
  receiverWalletAddress: z.string(),
  first: count,
  last: count,
  before: z.string().optional(),
  after: z.string().optional(),
  sortOrder: z.enum(['ASC', 'DESC']).optional(),
})

interface Listed {
  id: string
  walletAddressId: string
  senderWalletAddress: string | null
}

type ListPage = {
  incomingPayments: {
    edges: { node: Listed }[]
    pageInfo: { hasNextPage: boolean; endCursor?: string | null }
  }
}

/** The card payments of a wallet address, which alone have a sender's address. */
export async function listCardPayments(input: unknown, admin: Admin): Promise<Record<string, unknown>> {
  const { receiverWalletAddress, ...request } = listQuery.parse(input)
  const wallet = await walletAddressesOf(admin).byUrl(receiverWalletAddress)
  const payments: Listed[] = []
  let after: string | null = null
  do {
    const { incomingPayments }: ListPage = await admin.run<ListPage>(LIST, { after })
    payments.push(...incomingPayments.edges.map(({ node }) => node))
    after = incomingPayments.pageInfo.hasNextPage ? (incomingPayments.pageInfo.endCursor ?? null) : null
  } while (after !== null)
  const { items, info } = pageOf(
    payments.filter((one) => one.walletAddressId === wallet?.id && one.senderWalletAddress !== null),
    request,
  )
  return { result: items, pagination: info }
}
