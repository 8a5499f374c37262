import { type Random, uuid } from '../../common/uuid.ts'
import { Refusal } from './refusals.ts'

/** A currency at a scale; its balance is the liquidity for crossing currencies. */
export interface Asset {
  readonly id: string
  readonly code: string
  readonly scale: number
  readonly createdAt: number
  /** Itself, so that an asset is an account too. */
  readonly asset: Asset
  balance: bigint
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

export class Assets {
  readonly #byId = new Map<string, Asset>()
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  create({ code, scale, withdrawalThreshold, liquidityThreshold }: NewAsset, now: number): Asset {
    if (this.find(code, scale) !== null) throw new Refusal('assetDuplicate')
    const asset: Asset = {
      id: uuid(this.#random),
      code,
      scale,
      createdAt: now,
      balance: 0n,
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
    return this.#byId.get(id) ?? null
  }

  find(code: string, scale: number): Asset | null {
    return this.list().find((asset) => asset.code === code && asset.scale === scale) ?? null
  }

  list(): Asset[] {
    return [...this.#byId.values()]
  }
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
