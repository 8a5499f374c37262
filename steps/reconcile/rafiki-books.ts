import type { RafikiAdmin } from '../../simulators/common/rafiki-admin.ts'
import type { Period } from './compare.ts'
import type { IncomingPayment, OutgoingPayment } from './rafiki-payments.ts'

/** What Rafiki's Admin API is asked for: the payments of one wallet address, or of all that began in a period. */
export type RafikiChoice = { walletAddressId: string } | Period

type Admin = Pick<RafikiAdmin, 'run'>

// As many as Rafiki gives at once.
const PAGE = 100
const MONEY = 'value assetCode assetScale'
const LISTS = {
  incomingPayments: `id walletAddressId state createdAt incomingAmount { ${MONEY} } receivedAmount { ${MONEY} }`,
  outgoingPayments: `id receiver state createdAt debitAmount { ${MONEY} }`,
} as const
type ListName = keyof typeof LISTS

/** The incoming payments of the merchant's Rafiki, the newest first. Those that expired without money are in no list of Rafiki's. */
export async function incomingPayments(admin: Admin, choice: RafikiChoice): Promise<IncomingPayment[]> {
  const nodes = await listed<IncomingNode>(admin, 'incomingPayments', choice)
  return nodes.map(({ id, walletAddressId, state, createdAt, incomingAmount, receivedAmount }) => ({
    id,
    walletAddressId,
    state,
    expected: incomingAmount === null ? null : BigInt(incomingAmount.value),
    received: BigInt(receivedAmount.value),
    assetCode: receivedAmount.assetCode,
    assetScale: receivedAmount.assetScale,
    createdAt: Date.parse(createdAt),
  }))
}

/** The outgoing payments of the customer's Rafiki, the newest first. */
export async function outgoingPayments(admin: Admin, choice: RafikiChoice): Promise<OutgoingPayment[]> {
  const nodes = await listed<OutgoingNode>(admin, 'outgoingPayments', choice)
  return nodes.map(({ id, receiver, state, createdAt, debitAmount: { value, assetCode, assetScale } }) => ({
    id,
    receiver: receiver.slice(receiver.lastIndexOf('/') + 1),
    state,
    debit: BigInt(value),
    assetCode,
    assetScale,
    createdAt: Date.parse(createdAt),
  }))
}

interface Amount {
  value: string
  assetCode: string
  assetScale: number
}

interface IncomingNode {
  id: string
  walletAddressId: string
  state: string
  createdAt: string
  incomingAmount: Amount | null
  receivedAmount: Amount
}

interface OutgoingNode {
  id: string
  receiver: string
  state: string
  createdAt: string
  debitAmount: Amount
}

interface Page<Node> {
  edges: { node: Node }[]
  pageInfo: { endCursor?: string | null; hasNextPage: boolean }
}

async function listed<Node extends { createdAt: string }>(
  admin: Admin,
  name: ListName,
  choice: RafikiChoice,
): Promise<Node[]> {
  const from = 'from' in choice ? choice.from : Number.NEGATIVE_INFINITY
  const to = 'to' in choice ? choice.to : Number.POSITIVE_INFINITY
  const nodes: Node[] = []
  for (let after: string | null = null; ; ) {
    const { edges, pageInfo }: Page<Node> = await page<Node>(admin, name, choice, after)
    nodes.push(...edges.map(({ node }) => node))
    const oldest = nodes.at(-1)
    const isPast = oldest !== undefined && Date.parse(oldest.createdAt) < from
    if (isPast || !pageInfo.hasNextPage || !pageInfo.endCursor) break
    after = pageInfo.endCursor
  }
  return nodes.filter(({ createdAt }) => Date.parse(createdAt) >= from && Date.parse(createdAt) < to)
}

async function page<Node>(
  admin: Admin,
  name: ListName,
  choice: RafikiChoice,
  after: string | null,
): Promise<Page<Node>> {
  const list = `${name}(first: ${PAGE}, after: $after) { edges { node { ${LISTS[name]} } } pageInfo { endCursor hasNextPage } }`
  type Found = Record<ListName, Page<Node>>
  if (!('walletAddressId' in choice))
    return (await admin.run<Found>(`query ($after: String) { ${list} }`, { after }))[name]
  const query = `query ($id: String!, $after: String) { walletAddress(id: $id) { ${list} } }`
  const variables = { id: choice.walletAddressId, after }
  return (await admin.run<{ walletAddress: Found }>(query, variables)).walletAddress[name]
}
