import type { Admin } from '../seeding.ts'

/** What the customer's Rafiki says has moved at a wallet address, in minor units of its asset. */
export interface Moved {
  sent: bigint
  /** Debit amounts of payments that may still be sent. */
  underWay: bigint
  received: bigint
}

/** The payments of a wallet address that are there already: each list's newest, as Rafiki gives them at once. */
export interface Known {
  outgoing: ReadonlySet<string>
  incoming: ReadonlySet<string>
}

const NEWEST = 100
const UNDER_WAY = new Set(['FUNDING', 'SENDING'])
const LISTS = `query Moved($id: String!) { walletAddress(id: $id) {
  outgoingPayments(first: ${NEWEST}) { edges { node { id state debitAmount { value } sentAmount { value } } } }
  incomingPayments(first: ${NEWEST}) { edges { node { id receivedAmount { value } } } }
} }`

interface Outgoing {
  id: string
  state: string
  debitAmount: { value: string }
  sentAmount: { value: string }
}

interface Incoming {
  id: string
  receivedAmount: { value: string }
}

type List<Node> = { edges: { node: Node }[] }

export async function knownPayments(admin: Admin, walletAddressId: string): Promise<Known> {
  const { outgoing, incoming } = await newest(admin, walletAddressId)
  return { outgoing: new Set(outgoing.map(({ id }) => id)), incoming: new Set(incoming.map(({ id }) => id)) }
}

/** What has moved since these payments were all there were. */
export async function movedSince(admin: Admin, walletAddressId: string, known: Known): Promise<Moved> {
  const lists = await newest(admin, walletAddressId)
  const outgoing = before(lists.outgoing, known.outgoing)
  const incoming = before(lists.incoming, known.incoming)
  return {
    sent: sum(outgoing, ({ sentAmount }) => sentAmount),
    underWay: sum(
      outgoing.filter(({ state }) => UNDER_WAY.has(state)),
      ({ debitAmount }) => debitAmount,
    ),
    received: sum(incoming, ({ receivedAmount }) => receivedAmount),
  }
}

/** The newest first. */
async function newest(admin: Admin, id: string) {
  type Found = {
    walletAddress: { outgoingPayments: List<Outgoing>; incomingPayments: List<Incoming> } | null
  }
  const { walletAddress } = await admin.run<Found>(LISTS, { id })
  const nodes = <Node>(list: List<Node> | undefined) => list?.edges.map(({ node }) => node) ?? []
  return {
    outgoing: nodes(walletAddress?.outgoingPayments),
    incoming: nodes(walletAddress?.incomingPayments),
  }
}

function before<Node extends { id: string }>(nodes: readonly Node[], known: ReadonlySet<string>): Node[] {
  const end = nodes.findIndex(({ id }) => known.has(id))
  const found = end < 0 ? [...nodes] : nodes.slice(0, end)
  if (found.length < NEWEST) return found
  throw new Error(`expected less than ${NEWEST} payments since the scenario began, Rafiki has more`)
}

function sum<Node>(nodes: readonly Node[], amount: (node: Node) => { value: string }): bigint {
  return nodes.reduce((total, node) => total + BigInt(amount(node).value), 0n)
}
