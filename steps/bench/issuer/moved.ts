import type { Admin } from '../seeding.ts'

/** What the customer's Rafiki says has moved at a wallet address, in minor units of its asset. */
export interface Moved {
  sent: bigint
  /** Debit amounts of payments whose end Rafiki has not told of. */
  underWay: bigint
  received: bigint
}

/** The payments of a wallet address that are there already: each list's newest, as Rafiki gives them at once. */
export interface Known {
  outgoing: ReadonlySet<string>
  incoming: ReadonlySet<string>
}

const NEWEST = 100
// The payment's own sentAmount counts what the issuer has withdrawn too; the event of its end does not.
const LISTS = `query Moved($id: String!) {
  walletAddress(id: $id) {
    outgoingPayments(first: ${NEWEST}) { edges { node { id state debitAmount { value } } } }
    incomingPayments(first: ${NEWEST}) { edges { node { id receivedAmount { value } } } }
  }
  webhookEvents(first: ${NEWEST}, filter: { type: { in: ["outgoing_payment.completed", "outgoing_payment.failed"] } }) {
    edges { node { data } }
  }
}`

interface Outgoing {
  id: string
  state: string
  debitAmount: { value: string }
}

/** What its event says of an outgoing payment that has ended. */
interface End {
  id: string
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
  const ends = new Map(lists.ends.map((end) => [end.id, end]))
  const outgoing = before(lists.outgoing, known.outgoing).filter(({ state }) => state !== 'CANCELLED')
  const incoming = before(lists.incoming, known.incoming)
  return {
    sent: sum(outgoing.map(({ id }) => ends.get(id)?.sentAmount ?? NOTHING)),
    underWay: sum(outgoing.filter(({ id }) => !ends.has(id)).map(({ debitAmount }) => debitAmount)),
    received: sum(incoming.map(({ receivedAmount }) => receivedAmount)),
  }
}

/** The newest first. */
async function newest(admin: Admin, id: string) {
  type Found = {
    walletAddress: { outgoingPayments: List<Outgoing>; incomingPayments: List<Incoming> } | null
    webhookEvents: List<{ data: End }>
  }
  const { walletAddress, webhookEvents } = await admin.run<Found>(LISTS, { id })
  const nodes = <Node>(list: List<Node> | undefined) => list?.edges.map(({ node }) => node) ?? []
  return {
    outgoing: nodes(walletAddress?.outgoingPayments),
    incoming: nodes(walletAddress?.incomingPayments),
    ends: nodes(webhookEvents).map(({ data }) => data),
  }
}

function before<Node extends { id: string }>(nodes: readonly Node[], known: ReadonlySet<string>): Node[] {
  const end = nodes.findIndex(({ id }) => known.has(id))
  const found = end < 0 ? [...nodes] : nodes.slice(0, end)
  if (found.length < NEWEST) return found
  throw new Error(`expected less than ${NEWEST} payments since the scenario began, Rafiki has more`)
}

const NOTHING = { value: '0' }

function sum(amounts: readonly { value: string }[]): bigint {
  return amounts.reduce((total, { value }) => total + BigInt(value), 0n)
}
