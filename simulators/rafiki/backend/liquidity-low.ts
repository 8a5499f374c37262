import type { Account } from './ledger.ts'

/** Type and data of the event that tells of an asset or a peer that runs dry. */
export function liquidityLow(account: Account): [type: string, data: Record<string, unknown>] {
  const { id, asset, liquidityThreshold, balance } = account
  const { id: assetId, code, scale } = asset
  const data = {
    id,
    asset: { id: assetId, code, scale },
    liquidityThreshold: `${liquidityThreshold}`,
    balance: balance.toString(),
  }
  return [account === asset ? 'asset.liquidity_low' : 'peer.liquidity_low', data]
}
