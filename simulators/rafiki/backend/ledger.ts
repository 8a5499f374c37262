import type { Asset } from './assets.ts'

/** Something that holds money of one asset: an asset's own liquidity, a peer, a payment. */
export interface Account {
  readonly asset: Asset
  balance: bigint
}

/** Money taken from its source that has not reached its destination. */
export interface Hold {
  post(): void
  void(): void
}

export type Shortage = 'InsufficientBalance' | 'InsufficientLiquidity'

export interface Transfer {
  from: Account
  to: Account
  /** In the asset of `from`. */
  source: bigint
  /** In the asset of `to`. */
  destination: bigint
}

/**
 * Two-phase transfer, as Rafiki's accounting does it: between assets the source's asset account takes in what the destination's pays out,
 * so that one must have the liquidity.
 */
export function hold({ from, to, source, destination }: Transfer): Hold | Shortage {
  if (from.balance < source) return 'InsufficientBalance'
  const crossing = from.asset !== to.asset
  if (crossing && to.asset.balance < destination) return 'InsufficientLiquidity'
  from.balance -= source
  if (crossing) to.asset.balance -= destination
  return {
    post() {
      to.balance += destination
      if (crossing) from.asset.balance += source
    },
    void() {
      from.balance += source
      if (crossing) to.asset.balance += destination
    },
  }
}
