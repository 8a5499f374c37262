import { uuid } from '../../common/uuid.ts'
import type { AssetUpdate, NewAsset } from '../backend/assets.ts'
import type { Backend } from '../backend/backend.ts'
import type { NewFee } from '../backend/fees.ts'
import type { NewIncomingPayment } from '../backend/incoming-payments.ts'
import type { Cancellation, FromIncomingPayment, FromQuote } from '../backend/outgoing-payments.ts'
import type { NewPeer, Peer, PeerUpdate } from '../backend/peers.ts'
import type { NewQuote } from '../backend/quotes.ts'
import type { NewReceiver } from '../backend/receivers.ts'
import { Refusal } from '../backend/refusals.ts'
import type { Jwk } from '../backend/wallet-address-keys.ts'
import type { NewWalletAddress, WalletAddressUpdate } from '../backend/wallet-addresses.ts'
import type { Settings } from '../config.ts'
import { Idempotency } from './idempotency.ts'
import { liquidityMutations } from './liquidity.ts'
import { type Nodes, nodesOf } from './nodes.ts'
import { anyToken, queriesOf } from './queries.ts'
import type { Resolver, Resolvers } from './schema.ts'
import { feeShape, keyShape, receiverShape } from './shapes.ts'

type ById = { id: string }
type Mutations = Record<string, (input: never) => unknown>

/** What the Admin API can do, on this backend. */
export function adminResolvers(settings: Settings, backend: Backend): Resolvers {
  const idempotency = new Idempotency(settings.clock, settings.idempotencyKeyTtlMs)
  const nodes = nodesOf(settings, backend)
  const all: Mutations = {
    ...furnitureMutations(settings, backend, nodes),
    ...paymentMutations(backend, nodes),
    createReceiver: (input: NewReceiver) => createReceiver(input, backend),
    ...liquidityMutations(backend),
  }
  const mutations = Object.entries(all).map(([name, mutate]): [string, Resolver] => {
    const once = ({ input }: { input: { idempotencyKey?: string | null } }) =>
      idempotency.once(input.idempotencyKey, name, input, () => mutate(input as never))
    return [name, once]
  })
  return { Query: queriesOf(backend, nodes), Mutation: Object.fromEntries(mutations) }
}

function furnitureMutations(settings: Settings, backend: Backend, nodes: Nodes): Mutations {
  const { clock } = settings
  const { assets, fees, peers, walletAddresses, keys } = backend
  return {
    createAsset: (input: NewAsset) => ({ asset: nodes.asset(assets.create(input, clock.now())) }),
    updateAsset: (input: AssetUpdate) => ({ asset: nodes.asset(assets.update(input)) }),
    deleteAsset: ({ id }: ById) => ({ asset: nodes.asset(assets.delete(id, inUse(backend))) }),
    setFee: (input: NewFee) => ({ fee: feeShape(fees.set(input)) }),
    createPeer: (input: NewPeer) => ({ peer: nodes.peer(createPeer(input, settings, backend)) }),
    updatePeer: (input: PeerUpdate) => ({ peer: nodes.peer(peers.update(input)) }),
    deletePeer: ({ id }: ById) => {
      peers.delete(id)
      return { success: true }
    },
    createWalletAddress: (input: NewWalletAddress) => ({
      walletAddress: nodes.walletAddress(walletAddresses.create(input, clock.now())),
    }),
    updateWalletAddress: (input: WalletAddressUpdate) => ({
      walletAddress: nodes.walletAddress(walletAddresses.update(input)),
    }),
    createWalletAddressKey: (input: { walletAddressId: string; jwk: Jwk }) => ({
      walletAddressKey: keyShape(keys.create(input)),
    }),
    revokeWalletAddressKey: ({ id }: ById) => ({ walletAddressKey: keyShape(keys.revoke(id)) }),
  }
}

function paymentMutations({ incomingPayments, outgoingPayments, quotes }: Backend, nodes: Nodes): Mutations {
  const incoming = (payment: Parameters<Nodes['incomingPayment']>[0]) => ({
    payment: nodes.incomingPayment(payment),
  })
  const outgoing = (payment: Parameters<Nodes['outgoingPayment']>[0]) => ({
    payment: nodes.outgoingPayment(payment),
  })
  return {
    createIncomingPayment: (input: NewIncomingPayment) => incoming(incomingPayments.create(input)),
    updateIncomingPayment: (input: ById & { metadata: Record<string, unknown> }) =>
      incoming(incomingPayments.update(input)),
    approveIncomingPayment: ({ id }: ById) => incoming(incomingPayments.approve(id)),
    cancelIncomingPayment: ({ id, cancellationReason }: ById & { cancellationReason?: string | null }) =>
      incoming(incomingPayments.cancel(id, cancellationReason ?? null)),
    createQuote: async (input: NewQuote) => ({ quote: nodes.quote(await quotes.create(input)) }),
    createOutgoingPayment: async (input: FromQuote) =>
      outgoing(await outgoingPayments.createFromQuote(input)),
    createOutgoingPaymentFromIncomingPayment: async (input: FromIncomingPayment) =>
      outgoing(await outgoingPayments.createFromIncomingPayment(input)),
    cancelOutgoingPayment: (input: Cancellation) => outgoing(outgoingPayments.cancel(input)),
  }
}

async function createReceiver(input: NewReceiver, backend: Backend) {
  const receiver = await backend.receivers.create(input, anyToken(backend))
  if (receiver === null) throw new Refusal('walletAddressUnknown')
  return { receiver: receiverShape(receiver) }
}

function createPeer(input: NewPeer, { clock, random }: Settings, { peers, ledger }: Backend): Peer {
  const peer = peers.create(input, clock.now())
  const amount = input.initialLiquidity ?? 0n
  if (amount > 0n) ledger.deposit({ id: uuid(random), account: peer, amount })
  return peer
}

function inUse({ peers, walletAddresses }: Backend): Parameters<Backend['assets']['delete']>[1] {
  return (asset) => [...peers.list(), ...walletAddresses.list()].some((user) => user.asset === asset)
}
