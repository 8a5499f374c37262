import { randomUUID } from 'node:crypto'
import { currencyByCode } from '../../protocols/emv/currency.ts'
import type { RafikiAdmin } from '../../simulators/common/rafiki-admin.ts'

/** One side of the peering between two Rafiki instances. */
export interface Peering {
  /** ILP address of the other instance. */
  ilpAddress: string
  /** Where the other instance takes ILP packets. */
  endpoint: string
  /** What the other instance presents here, and what is presented there. */
  incomingToken: string
  outgoingToken: string
}

export interface WalletAddressRequest {
  url: string
  assetId: string
  publicName: string
  /** Public members of the wallet address document. */
  properties?: Record<string, string>
}

// Enough for every tap of a run, in minor units.
const LIQUIDITY = '1000000000000000'

const CREATE_ASSET = `mutation CreateAsset($input: CreateAssetInput!) { createAsset(input: $input) { asset { id } } }`
const DEPOSIT_ASSET = `mutation DepositAsset($input: DepositAssetLiquidityInput!) { depositAssetLiquidity(input: $input) { success } }`
const CREATE_PEER = `mutation CreatePeer($input: CreatePeerInput!) { createPeer(input: $input) { peer { id } } }`
const DEPOSIT_PEER = `mutation DepositPeer($input: DepositPeerLiquidityInput!) { depositPeerLiquidity(input: $input) { success } }`
const CREATE_WALLET = `mutation CreateWallet($input: CreateWalletAddressInput!) { createWalletAddress(input: $input) { walletAddress { id } } }`

/** Gives an instance an asset with liquidity and a peer for it, and returns the asset's id. */
export async function seedCurrency(admin: RafikiAdmin, code: string, peering: Peering): Promise<string> {
  const { createAsset } = await admin.run<{ createAsset: { asset: { id: string } } }>(CREATE_ASSET, {
    input: { code, scale: currencyByCode(code)?.exponent },
  })
  const assetId = createAsset.asset.id
  await admin.run(DEPOSIT_ASSET, { input: deposit({ assetId }) })
  const { createPeer } = await admin.run<{ createPeer: { peer: { id: string } } }>(CREATE_PEER, {
    input: {
      assetId,
      staticIlpAddress: peering.ilpAddress,
      name: `${code} with ${peering.ilpAddress}`,
      http: {
        incoming: { authTokens: [`${peering.incomingToken}-${code}`] },
        outgoing: { authToken: `${peering.outgoingToken}-${code}`, endpoint: peering.endpoint },
      },
    },
  })
  await admin.run(DEPOSIT_PEER, { input: deposit({ peerId: createPeer.peer.id }) })
  return assetId
}

/** Creates a wallet address and returns Rafiki's id of it. */
export async function createWalletAddress(
  admin: RafikiAdmin,
  request: WalletAddressRequest,
): Promise<string> {
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

function deposit(to: Record<string, string>) {
  return { ...to, amount: LIQUIDITY, id: randomUUID(), idempotencyKey: randomUUID() }
}
