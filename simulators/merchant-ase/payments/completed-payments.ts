import type { RafikiAdmin } from '../../common/rafiki-admin.ts'

/** A completed incoming payment of Rafiki's; `value`: minor units received. */
export interface Paid {
  readonly id: string
  readonly value: string
  readonly assetCode: string
}

interface Node {
  id: string
  state: string
  createdAt: string
  receivedAmount: { value: string; assetCode: string }
}

interface Page {
  edges: { node: Node }[]
  pageInfo: { endCursor?: string | null; hasNextPage: boolean }
}

// As many as Rafiki gives at once, the newest first.
const QUERY = `query ($id: String!, $after: String) { walletAddress(id: $id) { incomingPayments(first: 100, after: $after) {
  edges { node { id state createdAt receivedAmount { value assetCode } } } pageInfo { endCursor hasNextPage } } } }`

/** Those of a wallet address that began at `since` (ms) or later. Throws as the Admin API's client does. */
export async function completedPayments(
  admin: Pick<RafikiAdmin, 'run'>,
  walletAddressId: string,
  since: number,
): Promise<Paid[]> {
  const nodes: Node[] = []
  for (let after: string | null = null; ; ) {
    const { edges, pageInfo }: Page = await pageOf(admin, walletAddressId, after)
    nodes.push(...edges.map(({ node }) => node))
    const oldest = nodes.at(-1)
    const isPast = oldest !== undefined && Date.parse(oldest.createdAt) < since
    if (isPast || !pageInfo.hasNextPage || !pageInfo.endCursor) break
    after = pageInfo.endCursor
  }
  return nodes
    .filter(({ state, createdAt }) => state === 'COMPLETED' && Date.parse(createdAt) >= since)
    .map(({ id, receivedAmount: { value, assetCode } }) => ({ id, value: `${value}`, assetCode }))
}

async function pageOf(admin: Pick<RafikiAdmin, 'run'>, id: string, after: string | null): Promise<Page> {
  type Found = { walletAddress: { incomingPayments: Page } | null }
  const { walletAddress } = await admin.run<Found>(QUERY, { id, after })
  return walletAddress?.incomingPayments ?? { edges: [], pageInfo: { hasNextPage: false } }
}
