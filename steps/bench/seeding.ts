import { randomUUID } from 'node:crypto'
import type { RafikiAdmin } from '../../simulators/common/rafiki-admin.ts'
import { scaleOf } from './money.ts'
import { ConfigurationError } from './profile.ts'

/** One side of the peering between two Rafiki instances. */
export interface Peering {
  /** ILP address of the other instance. */
  address: string
  /** Where the other instance takes ILP packets. */
  endpoint: string
  /** What the other instance presents here, and what is presented there. */
  incomingToken: string
  outgoingToken: string
}

/** Access to a side's Admin API. */
export type Admin = Pick<RafikiAdmin, 'run'>

export interface WalletAddressRequest {
  url: string
  assetId: string
  publicName: string
  /** Public members of the wallet address document. */
  properties?: Record<string, string>
}

// Enough for every tap of a run, in minor units; of 12 digits, so that no balance looks like a PAN in a report.
const LIQUIDITY = 5n * 10n ** 11n

const FIND_ASSET = `query FindAsset($code: String!, $scale: UInt8!) { assetByCodeAndScale(code: $code, scale: $scale) { id liquidity } }`
const CREATE_ASSET = `mutation CreateAsset($input: CreateAssetInput!) { createAsset(input: $input) { asset { id liquidity } } }`
const DEPOSIT_ASSET = `mutation DepositAsset($input: DepositAssetLiquidityInput!) { depositAssetLiquidity(input: $input) { success } }`
const FIND_PEER = `query FindPeer($staticIlpAddress: String!, $assetId: String!) { peerByAddressAndAsset(staticIlpAddress: $staticIlpAddress, assetId: $assetId) { id liquidity http { outgoing { endpoint } } } }`
const CREATE_PEER = `mutation CreatePeer($input: CreatePeerInput!) { createPeer(input: $input) { peer { id liquidity } } }`
const DEPOSIT_PEER = `mutation DepositPeer($input: DepositPeerLiquidityInput!) { depositPeerLiquidity(input: $input) { success } }`
const FIND_WALLET = `query FindWallet($url: String!) { walletAddressByUrl(url: $url) { id } }`
const CREATE_WALLET = `mutation CreateWallet($input: CreateWalletAddressInput!) { createWalletAddress(input: $input) { walletAddress { id } } }`

/** What has liquidity, a UInt64 in decimal; null when nothing was ever paid in. */
interface Funded {
  id: string
  liquidity: string | null
}

/**
 * Gives an instance an asset with liquidity and a peer for it, and returns the asset's id. What is there already is taken, and topped up when
 * less than half is left. Throws {@link ConfigurationError} when a peer is there that sends its packets elsewhere.
 */
export async function seedCurrency(admin: Admin, code: string, peering: Peering): Promise<string> {
  const assetId = await seedAsset(admin, code)
  await seedPeer(admin, code, assetId, peering)
  return assetId
}

/** Gives an instance an asset with liquidity, as {@link seedCurrency} does. */
export async function seedAsset(admin: Admin, code: string): Promise<string> {
  const scale = scaleOf(code)
  const asset = (await findAsset(admin, code, scale)) ?? (await createAsset(admin, code, scale))
  await topUp(asset, (deposit) => admin.run(DEPOSIT_ASSET, { input: { ...deposit, assetId: asset.id } }))
  return asset.id
}

/** Gives an instance a peer for an asset, as {@link seedCurrency} does. */
export async function seedPeer(admin: Admin, code: string, assetId: string, peering: Peering): Promise<void> {
  const peer = (await findPeer(admin, assetId, peering)) ?? (await createPeer(admin, assetId, code, peering))
  await topUp(peer, (deposit) => admin.run(DEPOSIT_PEER, { input: { ...deposit, peerId: peer.id } }))
}

async function findAsset(admin: Admin, code: string, scale: number): Promise<Funded | null> {
  const found = await admin.run<{ assetByCodeAndScale: Funded | null }>(FIND_ASSET, { code, scale })
  return found.assetByCodeAndScale
}

async function createAsset(admin: Admin, code: string, scale: number): Promise<Funded> {
  const { createAsset } = await admin.run<{ createAsset: { asset: Funded } }>(CREATE_ASSET, {
    input: { code, scale },
  })
  return createAsset.asset
}

async function findPeer(
  admin: Admin,
  assetId: string,
  { address, endpoint }: Peering,
): Promise<Funded | null> {
  type Found = Funded & { http: { outgoing: { endpoint: string } } }
  const variables = { staticIlpAddress: address, assetId }
  const { peerByAddressAndAsset: peer } = await admin.run<{ peerByAddressAndAsset: Found | null }>(
    FIND_PEER,
    variables,
  )
  const there = peer?.http.outgoing.endpoint.replace(/\/+$/, '')
  if (peer === null || there === endpoint) return peer
  throw new ConfigurationError(
    `expected the peer ${address} to take packets at ${endpoint} (ilp.endpoint of the other side), Rafiki sends them to ${there}: correct the one or the other`,
  )
}

async function createPeer(
  admin: Admin,
  assetId: string,
  code: string,
  { address, endpoint, incomingToken, outgoingToken }: Peering,
): Promise<Funded> {
  const { createPeer } = await admin.run<{ createPeer: { peer: Funded } }>(CREATE_PEER, {
    input: {
      assetId,
      staticIlpAddress: address,
      name: `${code} with ${address}`,
      http: {
        incoming: { authTokens: [`${incomingToken}-${code}`] },
        outgoing: { authToken: `${outgoingToken}-${code}`, endpoint },
      },
    },
  })
  return createPeer.peer
}

interface Deposit {
  id: string
  amount: string
  idempotencyKey: string
}

async function topUp({ liquidity }: Funded, deposit: (deposit: Deposit) => Promise<unknown>): Promise<void> {
  const lacking = LIQUIDITY - BigInt(liquidity ?? 0)
  if (lacking < LIQUIDITY / 2n) return
  await deposit({ id: randomUUID(), amount: lacking.toString(), idempotencyKey: randomUUID() })
}

/** Rafiki's id of a wallet address; null when it has none of this URL. */
export async function findWalletAddress(admin: Admin, url: string): Promise<string | null> {
  const { walletAddressByUrl } = await admin.run<{ walletAddressByUrl: { id: string } | null }>(FIND_WALLET, {
    url,
  })
  return walletAddressByUrl?.id ?? null
}

/** Creates a wallet address and returns Rafiki's id of it. */
export async function createWalletAddress(admin: Admin, request: WalletAddressRequest): Promise<string> {
  const additionalProperties = Object.entries(request.properties ?? {}).map(([key, value]) => ({
    key,
    value,
    visibleInOpenPayments: true,
  }))
  const { createWalletAddress } = await admin.run<{ createWalletAddress: { walletAddress: { id: string } } }>(
    CREATE_WALLET,
    {
      input: {
        assetId: request.assetId,
        address: request.url,
        publicName: request.publicName,
        additionalProperties,
      },
    },
  )
  return createWalletAddress.walletAddress.id
}
