import type { NewAsset } from '../backend/assets.ts'
import type { Backend } from '../backend/backend.ts'
import type { NewIncomingPayment } from '../backend/incoming-payments.ts'
import type { Account } from '../backend/ledger.ts'
import type { Cancellation, NewOutgoingPayment } from '../backend/outgoing-payments.ts'
import { type PageRequest, pageOf } from '../backend/page.ts'
import type { NewPeer } from '../backend/peers.ts'
import { Refusal, type RefusalName } from '../backend/refusals.ts'
import type { NewWalletAddress, WalletAddressUpdate } from '../backend/wallet-addresses.ts'
import type { Settings } from '../config.ts'
import { Idempotency } from './idempotency.ts'
import type { Resolver, Resolvers } from './schema.ts'
import {
  assetShape,
  connectionShape,
  incomingPaymentShape,
  outgoingPaymentShape,
  peerShape,
  receiverShape,
  walletAddressShape,
} from './shapes.ts'

type ById = { id: string }
type Deposit = { id: string; amount: bigint }
type Withdrawal = { timeoutSeconds: bigint }

const DONE = { success: true }

/** What the Admin API can do, on this backend. */
export function adminResolvers(settings: Settings, backend: Backend): Resolvers {
  const idempotency = new Idempotency(settings.clock, settings.idempotencyKeyTtlMs)
  const mutations = Object.entries(mutationsOf(settings, backend)).map(
    ([name, mutate]): [string, Resolver] => {
      const once = ({ input }: { input: { idempotencyKey?: string | null } }) =>
        idempotency.once(input.idempotencyKey, name, input, () => mutate(input as never))
      return [name, once]
    },
  )
  return { Query: queriesOf(settings, backend), Mutation: Object.fromEntries(mutations) }
}

function queriesOf(settings: Settings, backend: Backend): Record<string, Resolver> {
  const { assets, peers, walletAddresses, incomingPayments, outgoingPayments, receivers } = backend
  const incoming = incomingShape(backend)
  const outgoing = outgoingShape(settings)
  return {
    asset: ({ id }: ById) => assetShape(found(assets.get(id), 'assetUnknown')),
    assetByCodeAndScale: ({ code, scale }: { code: string; scale: number }) =>
      orNull(assets.find(code, scale), assetShape),
    assets: (request: PageRequest) => connectionShape(pageOf(assets.list(), request), assetShape),
    peer: ({ id }: ById) => peerShape(found(peers.get(id), 'peerUnknown')),
    peerByAddressAndAsset: ({ staticIlpAddress, assetId }: { staticIlpAddress: string; assetId: string }) =>
      orNull(peers.byAddressAndAsset(staticIlpAddress, assetId), peerShape),
    walletAddress: ({ id }: ById) =>
      walletAddressShape(found(walletAddresses.get(id), 'walletAddressUnknown')),
    walletAddressByUrl: ({ url }: { url: string }) => orNull(walletAddresses.byUrl(url), walletAddressShape),
    walletAddresses: (request: PageRequest) =>
      connectionShape(pageOf(walletAddresses.list(), request), walletAddressShape),
    incomingPayment: ({ id }: ById) => incoming(found(incomingPayments.get(id), 'paymentNotThere')),
    incomingPayments: (request: PageRequest) =>
      connectionShape(pageOf(incomingPayments.list(), request), incoming),
    outgoingPayment: ({ id }: ById) => outgoing(found(outgoingPayments.get(id), 'paymentNotThere')),
    outgoingPayments: (request: PageRequest) =>
      connectionShape(pageOf(outgoingPayments.list(), request), outgoing),
    receiver: async ({ id }: ById) =>
      receiverShape(found(await receivers.get(id, anyToken(backend)), 'receiverNotThere')),
  }
}

function mutationsOf(settings: Settings, backend: Backend): Record<string, (input: never) => unknown> {
  const { assets, peers, walletAddresses, incomingPayments, outgoingPayments } = backend
  const { clock } = settings
  const incoming = incomingShape(backend)
  const outgoing = outgoingShape(settings)
  const deposit = depositor()
  return {
    createAsset: (input: NewAsset) => ({ asset: assetShape(assets.create(input, clock.now())) }),
    depositAssetLiquidity: (input: Deposit & { assetId: string }) =>
      deposit(input, assets.get(input.assetId), 'liquidityAssetUnknown'),
    createPeer: (input: NewPeer) => ({ peer: peerShape(peers.create(input, clock.now())) }),
    depositPeerLiquidity: (input: Deposit & { peerId: string }) =>
      deposit(input, peers.get(input.peerId), 'peerUnknown'),
    createWalletAddress: (input: NewWalletAddress) => ({
      walletAddress: walletAddressShape(walletAddresses.create(input, clock.now())),
    }),
    updateWalletAddress: (input: WalletAddressUpdate) => ({
      walletAddress: walletAddressShape(walletAddresses.update(input)),
    }),
    createIncomingPayment: (input: NewIncomingPayment) => ({
      payment: incoming(incomingPayments.create(input)),
    }),
    createOutgoingPaymentFromIncomingPayment: async (input: NewOutgoingPayment) => ({
      payment: outgoing(await outgoingPayments.create(input)),
    }),
    cancelOutgoingPayment: (input: Cancellation) => ({ payment: outgoing(outgoingPayments.cancel(input)) }),
    depositOutgoingPaymentLiquidity: ({ outgoingPaymentId }: { outgoingPaymentId: string }) => {
      outgoingPayments.deposit(outgoingPaymentId)
      return DONE
    },
    createIncomingPaymentWithdrawal: (input: Withdrawal & { incomingPaymentId: string }) =>
      withdraw(input, () => incomingPayments.withdraw(input.incomingPaymentId)),
    createOutgoingPaymentWithdrawal: (input: Withdrawal & { outgoingPaymentId: string }) =>
      withdraw(input, () => outgoingPayments.withdraw(input.outgoingPaymentId)),
  }
}

function incomingShape({ incomingPayments }: Backend) {
  return (payment: Parameters<typeof incomingPaymentShape>[0]) =>
    incomingPaymentShape(payment, incomingPayments.url(payment))
}

function outgoingShape({ tenantId }: Settings) {
  return (payment: Parameters<typeof outgoingPaymentShape>[0]) => outgoingPaymentShape(payment, tenantId)
}

/** Deposits into accounts, each transfer id once. */
function depositor(): (deposit: Deposit, account: Account | null, unknown: RefusalName) => typeof DONE {
  const booked = new Set<string>()
  return ({ id, amount }, account, unknown) => {
    if (amount === 0n) throw new Refusal('liquidityAmountZero')
    const target = found(account, unknown)
    if (booked.has(id)) throw new Refusal('transferExists')
    booked.add(id)
    target.balance += amount
    return DONE
  }
}

// Two-phase withdrawals (a timeout other than 0) are not built: no ASE here uses them.
function withdraw({ timeoutSeconds }: Withdrawal, take: () => void): typeof DONE {
  if (timeoutSeconds !== 0n) throw new Refusal('transferTimeoutInvalid')
  take()
  return DONE
}

function anyToken({ assets, peers }: Backend): string | null {
  const [asset] = assets.list()
  return (asset && peers.acquaintance(asset)?.outgoing.authToken) ?? null
}

function found<Item>(item: Item | null, otherwise: RefusalName): Item {
  if (item === null) throw new Refusal(otherwise)
  return item
}

function orNull<Item>(item: Item | null, shape: (item: Item) => unknown): unknown {
  return item === null ? null : shape(item)
}
