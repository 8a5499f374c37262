import type { Backend } from '../backend/backend.ts'
import type { IncomingPayment } from '../backend/incoming-payments.ts'
import type { OutgoingPayment } from '../backend/outgoing-payment.ts'
import type { PageRequest } from '../backend/page.ts'
import { Refusal, type RefusalName } from '../backend/refusals.ts'
import type { WebhookEvent } from '../backend/webhooks.ts'
import { type FilterString, type InitiatedBy, initiatedAs, passes } from './filters.ts'
import type { Nodes } from './nodes.ts'
import type { Resolver } from './schema.ts'
import { connectionOf, eventShape, paymentShape, receiverShape, transferShape } from './shapes.ts'

type ById = { id: string }
type Filtered<Filter> = PageRequest & { filter?: Filter | null }
type OutgoingFilter = Partial<Record<'receiver' | 'walletAddressId' | 'state', FilterString | null>>
type PaymentFilter = Partial<Record<'type' | 'walletAddressId', FilterString | null>>

// Rafiki leaves them out of the list unless the filter leaves others out.
const HIDDEN_EVENTS = ['outgoing_payment.funded', 'outgoing_payment.cancelled']

/** What the Admin API can be asked for. */
export function queriesOf(backend: Backend, nodes: Nodes): Record<string, Resolver> {
  return { ...tenantQueries(nodes), ...furnitureQueries(backend, nodes), ...paymentQueries(backend, nodes) }
}

function tenantQueries({ tenant }: Nodes): Record<string, Resolver> {
  return {
    whoami: () => ({ id: tenant.id, isOperator: true }),
    tenant: ({ id }: ById) => found(id === tenant.id ? tenant : null, 'tenantNotThere'),
    tenants: (request: PageRequest) => connectionOf([tenant], request, (one) => one),
  }
}

function furnitureQueries(
  { assets, peers, walletAddresses }: Backend,
  nodes: Nodes,
): Record<string, Resolver> {
  return {
    asset: ({ id }: ById) => nodes.asset(found(assets.get(id), 'assetUnknown')),
    assetByCodeAndScale: ({ code, scale }: { code: string; scale: number }) =>
      orNull(assets.find(code, scale), nodes.asset),
    assets: (request: PageRequest) => connectionOf(assets.list(), request, nodes.asset),
    peer: ({ id }: ById) => nodes.peer(found(peers.get(id), 'peerUnknown')),
    peerByAddressAndAsset: ({ staticIlpAddress, assetId }: { staticIlpAddress: string; assetId: string }) =>
      orNull(peers.byAddressAndAsset(staticIlpAddress, assetId), nodes.peer),
    peers: (request: PageRequest) => connectionOf(peers.list(), request, nodes.peer),
    walletAddress: ({ id }: ById) =>
      nodes.walletAddress(found(walletAddresses.get(id), 'walletAddressUnknown')),
    walletAddressByUrl: ({ url }: { url: string }) => orNull(walletAddresses.byUrl(url), nodes.walletAddress),
    walletAddresses: (request: PageRequest) =>
      connectionOf(walletAddresses.list(), request, nodes.walletAddress),
  }
}

function paymentQueries(backend: Backend, nodes: Nodes): Record<string, Resolver> {
  const { incomingPayments, outgoingPayments, quotes, receivers, ledger, webhooks } = backend
  const { tenant } = nodes
  return {
    quote: ({ id }: ById) => nodes.quote(found(quotes.get(id), 'quoteNotThere')),
    incomingPayment: ({ id }: ById) =>
      nodes.incomingPayment(found(incomingPayments.get(id), 'paymentNotThere')),
    incomingPayments: ({ filter, ...request }: Filtered<InitiatedBy>) =>
      connectionOf(incomingPayments.list().filter(initiatedAs(filter)), request, nodes.incomingPayment),
    outgoingPayment: ({ id }: ById) =>
      nodes.outgoingPayment(found(outgoingPayments.get(id), 'paymentNotThere')),
    outgoingPayments: ({ filter, ...request }: Filtered<OutgoingFilter>) =>
      connectionOf(outgoingPayments.list().filter(asWanted(filter)), request, nodes.outgoingPayment),
    payments: ({ filter, ...request }: Filtered<PaymentFilter>) =>
      connectionOf(allPayments(backend).filter(ofEither(filter)), request, (payment) =>
        paymentShape(payment, tenant),
      ),
    webhookEvents: ({ filter, ...request }: Filtered<{ type?: FilterString | null }>) =>
      connectionOf(webhooks.past().filter(toBeShown(filter?.type)), request, (event) =>
        eventShape(event, tenant),
      ),
    accountingTransfers: ({ id, limit }: ById & { limit?: number | null }) => {
      const { debits, credits } = ledger.of(id, limit ?? undefined)
      return { debits: debits.map(transferShape), credits: credits.map(transferShape) }
    },
    receiver: async ({ id }: ById) =>
      receiverShape(found(await receivers.get(id, anyToken(backend)), 'receiverNotThere')),
  }
}

function asWanted(filter: OutgoingFilter | null | undefined): (payment: OutgoingPayment) => boolean {
  return ({ quote, walletAddress, state }) =>
    passes(quote.receiver, onlyIn(filter?.receiver)) &&
    passes(walletAddress.id, onlyIn(filter?.walletAddressId)) &&
    passes(state, onlyIn(filter?.state))
}

type AnyPayment = IncomingPayment | OutgoingPayment

function ofEither(filter: PaymentFilter | null | undefined): (payment: AnyPayment) => boolean {
  return (payment) =>
    passes('quote' in payment ? 'OUTGOING' : 'INCOMING', onlyIn(filter?.type)) &&
    passes(payment.walletAddress.id, onlyIn(filter?.walletAddressId))
}

// Of these filters Rafiki reads `in` alone.
function onlyIn(filter: FilterString | null | undefined): FilterString {
  return { in: filter?.in ?? null }
}

function toBeShown(filter: FilterString | null | undefined): (event: WebhookEvent) => boolean {
  const notIn = filter?.notIn?.length ? filter.notIn : HIDDEN_EVENTS
  return ({ type }) => passes(type, { ...filter, notIn })
}

/** Both directions, in the order of their creation. */
function allPayments({ incomingPayments, outgoingPayments }: Backend): AnyPayment[] {
  const all: AnyPayment[] = [...incomingPayments.list(), ...outgoingPayments.list()]
  return all.sort((one, other) => one.createdAt - other.createdAt)
}

/** A peer's token, which opens the other instance's incoming payments. */
export function anyToken({ assets, peers }: Backend): string | null {
  const [asset] = assets.list()
  return (asset && peers.acquaintance(asset)?.outgoing.authToken) ?? null
}

function found<Item>(item: Item | null, otherwise: RefusalName): Item {
  if (item === null) throw new Refusal(otherwise)
  return item
}

function orNull<Item>(item: Item | null, node: (item: Item) => unknown): unknown {
  return item === null ? null : node(item)
}
