import type { RafikiAdmin } from '../../simulators/common/rafiki-admin.ts'

const RECEIVED = `query Received($url: String!) {
  walletAddressByUrl(url: $url) { incomingPayments(first: 100) { edges { node { state receivedAmount { value } } } } }
}`

interface Answer {
  walletAddressByUrl: {
    incomingPayments: { edges: { node: { state: string; receivedAmount: { value: string } } }[] }
  } | null
}

/** What a wallet address has received in all, in minor units, as Rafiki's own books have it. */
export async function receivedBy(admin: RafikiAdmin, url: string): Promise<bigint> {
  const { walletAddressByUrl } = await admin.run<Answer>(RECEIVED, { url })
  if (walletAddressByUrl === null) throw new Error(`expected Rafiki to know ${url}, it does not`)
  return walletAddressByUrl.incomingPayments.edges.reduce(
    (sum, { node }) => sum + BigInt(node.receivedAmount.value),
    0n,
  )
}
