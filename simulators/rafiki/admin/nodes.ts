import type { Asset } from '../backend/assets.ts'
import type { Backend } from '../backend/backend.ts'
import type { IncomingPayment } from '../backend/incoming-payments.ts'
import type { OutgoingPayment } from '../backend/outgoing-payment.ts'
import type { PageRequest } from '../backend/page.ts'
import type { Peer } from '../backend/peers.ts'
import type { Quote } from '../backend/quotes.ts'
import type { WalletAddress } from '../backend/wallet-addresses.ts'
import type { Settings } from '../config.ts'
import { type InitiatedBy, initiatedAs } from './filters.ts'
import {
  connectionOf,
  feeShape,
  incomingPaymentShape,
  iso,
  keyShape,
  outgoingPaymentShape,
  quoteShape,
} from './shapes.ts'

/** The types of the schema that lead on to others; a field with arguments is a function. */
export interface Nodes {
  tenant: ReturnType<typeof tenantOf>
  asset(asset: Asset): unknown
  peer(peer: Peer): unknown
  walletAddress(walletAddress: WalletAddress): unknown
  incomingPayment(payment: IncomingPayment): unknown
  outgoingPayment(payment: OutgoingPayment): unknown
  quote(quote: Quote): unknown
}

export function nodesOf(settings: Settings, backend: Backend): Nodes {
  const tenant = tenantOf(settings)
  const asset = (record: Asset) => assetNode(record, backend, tenant)
  const nodes: Nodes = {
    tenant,
    asset,
    peer: ({ balance, createdAt, outgoing, asset: currency, ...peer }) => ({
      ...peer,
      liquidity: balance,
      createdAt: iso(createdAt),
      asset: asset(currency),
      http: { outgoing },
      tenant,
    }),
    walletAddress: (walletAddress) => walletAddressNode(walletAddress, backend, nodes),
    incomingPayment: (payment) =>
      incomingPaymentShape(payment, backend.incomingPayments.url(payment), tenant),
    outgoingPayment: (payment) => outgoingPaymentShape(payment, tenant),
    quote: (quote) => quoteShape(quote, tenant),
  }
  return nodes
}

/** The one tenant, the operator. */
function tenantOf({ tenantId, adminApi, clock }: Settings) {
  return {
    id: tenantId,
    email: null,
    apiSecret: adminApi.secret,
    idpConsentUrl: null,
    idpSecret: null,
    publicName: null,
    createdAt: iso(clock.now()),
    deletedAt: null,
    settings: [],
  }
}

function assetNode({ balance, createdAt, ...asset }: Asset, { fees }: Backend, tenant: Nodes['tenant']) {
  const latest = (type: 'SENDING' | 'RECEIVING') => () => {
    const fee = fees.latest(asset.id, type)
    return fee === null ? null : feeShape(fee)
  }
  return {
    ...asset,
    liquidity: balance,
    createdAt: iso(createdAt),
    sendingFee: latest('SENDING'),
    receivingFee: latest('RECEIVING'),
    fees: (request: PageRequest) => connectionOf(fees.of(asset.id), request, feeShape),
    tenant,
  }
}

function walletAddressNode(walletAddress: WalletAddress, backend: Backend, nodes: Nodes) {
  const { active, createdAt, asset, ...rest } = walletAddress
  const own = <Item extends { walletAddress: WalletAddress }>(items: Item[]) =>
    items.filter((item) => item.walletAddress === walletAddress)
  return {
    ...rest,
    liquidity: null,
    createdAt: iso(createdAt),
    asset: nodes.asset(asset),
    status: active ? 'ACTIVE' : 'INACTIVE',
    incomingPayments: ({ filter, ...request }: PageRequest & { filter?: InitiatedBy }) =>
      connectionOf(
        own(backend.incomingPayments.list()).filter(initiatedAs(filter)),
        request,
        nodes.incomingPayment,
      ),
    outgoingPayments: (request: PageRequest) =>
      connectionOf(own(backend.outgoingPayments.list()), request, nodes.outgoingPayment),
    quotes: (request: PageRequest) => connectionOf(backend.quotes.of(rest.id), request, nodes.quote),
    walletAddressKeys: (request: PageRequest) => connectionOf(backend.keys.of(rest.id), request, keyShape),
    tenant: nodes.tenant,
  }
}
