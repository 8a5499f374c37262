import { type Random, uuid } from '../../common/uuid.ts'
import { Refusal } from './refusals.ts'

/** A currency at a scale; its balance is the liquidity for crossing currencies. */
export interface Asset {
  readonly id: string
  readonly code: string
  readonly scale: number
  readonly createdAt: number
  /** The number of its ledger. */
  readonly ledger: number
  /** Itself, so that an asset is an account too. */
  readonly asset: Asset
  balance: bigint
  credited: bigint
  debited: bigint
  deleted: boolean
  withdrawalThreshold: bigint | null
  liquidityThreshold: bigint | null
}

export interface Amount {
  value: bigint
  assetCode: string
  assetScale: number
}

export interface NewAsset {
  code: string
  scale: number
  withdrawalThreshold?: bigint | null
  liquidityThreshold?: bigint | null
}

export interface AssetUpdate {
  id: string
  withdrawalThreshold?: bigint | null
  liquidityThreshold?: bigint | null
}

export class Assets {
  readonly #byId = new Map<string, Asset>()
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  create({ code, scale, withdrawalThreshold, liquidityThreshold }: NewAsset, now: number): Asset {
    const known = this.find(code, scale)
    if (known !== null) return revived(known)
    const asset: Asset = {
      id: uuid(this.#random),
      code,
      scale,
      createdAt: now,
      ledger: this.#byId.size + 1,
      balance: 0n,
      credited: 0n,
      debited: 0n,
      deleted: false,
      withdrawalThreshold: withdrawalThreshold ?? null,
      liquidityThreshold: liquidityThreshold ?? null,
      get asset() {
        return asset
      },
    }
    this.#byId.set(asset.id, asset)
    return asset
  }

  get(id: string): Asset | null {
    const asset = this.#byId.get(id)
    return asset === undefined || asset.deleted ? null : asset
  }

  /** Deleted ones are found too, as in Rafiki. */
  find(code: string, scale: number): Asset | null {
    return [...this.#byId.values()].find((asset) => asset.code === code && asset.scale === scale) ?? null
  }

  list(): Asset[] {
    return [...this.#byId.values()].filter((asset) => !asset.deleted)
  }

  /** Sets both thresholds; one that is not given is none. */
  update({ id, withdrawalThreshold, liquidityThreshold }: AssetUpdate): Asset {
    const asset = this.#existing(id)
    asset.withdrawalThreshold = withdrawalThreshold ?? null
    asset.liquidityThreshold = liquidityThreshold ?? null
    return asset
  }

  /** `inUse`: whether a peer or a wallet address counts in it. */
  delete(id: string, inUse: (asset: Asset) => boolean): Asset {
    const asset = this.#existing(id)
    if (inUse(asset)) throw new Refusal('assetInUse')
    asset.deleted = true
    return asset
  }

  #existing(id: string): Asset {
    const asset = this.get(id)
    if (asset === null) throw new Refusal('assetUnknown')
    return asset
  }
}

/** What was deleted comes back as it was. */
function revived(asset: Asset): Asset {
  if (!asset.deleted) throw new Refusal('assetDuplicate')
  asset.deleted = false
  return asset
}

export function amountOf(value: bigint, { code, scale }: { code: string; scale: number }): Amount {
  return { value, assetCode: code, assetScale: scale }
}

/** An amount as webhooks and Open Payments write it. */
export function amountJson({ value, assetCode, assetScale }: Amount): {
  value: string
  assetCode: string
  assetScale: number
} {
  return { value: value.toString(), assetCode, assetScale }
}
