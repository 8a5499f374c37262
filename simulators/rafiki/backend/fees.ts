import type { Clock } from '../../../protocols/clock/clock.ts'
import { type Random, uuid } from '../../common/uuid.ts'
import type { Assets } from './assets.ts'
import { Refusal } from './refusals.ts'

export type FeeType = 'SENDING' | 'RECEIVING'

/** What the ASE takes for payments in an asset; the newest of a type counts. Only that of sending enters quotes, as in Rafiki. */
export interface Fee {
  readonly id: string
  readonly assetId: string
  readonly type: FeeType
  readonly fixed: bigint
  /** Hundredths of a percent, 0 to 10,000. */
  readonly basisPoints: number
  readonly createdAt: number
}

export interface NewFee {
  assetId: string
  type: FeeType
  fee: { fixed: bigint; basisPoints: number }
}

export interface FeesOptions {
  assets: Assets
  clock: Clock
  random: Random
}

const MOST_BASIS_POINTS = 10_000

export class Fees {
  readonly #options: FeesOptions
  readonly #all: Fee[] = []

  constructor(options: FeesOptions) {
    this.#options = options
  }

  set({ assetId, type, fee: { fixed, basisPoints } }: NewFee): Fee {
    const { assets, clock, random } = this.#options
    if (basisPoints < 0 || basisPoints > MOST_BASIS_POINTS) throw new Refusal('feeBasisPointsInvalid')
    if (assets.get(assetId) === null) throw new Refusal('liquidityAssetUnknown')
    const fee: Fee = { id: uuid(random), assetId, type, fixed, basisPoints, createdAt: clock.now() }
    this.#all.push(fee)
    return fee
  }

  latest(assetId: string, type: FeeType): Fee | null {
    return this.#all.findLast((fee) => fee.assetId === assetId && fee.type === type) ?? null
  }

  /** In the order of their creation. */
  of(assetId: string): Fee[] {
    return this.#all.filter((fee) => fee.assetId === assetId)
  }
}

/** The fee on an amount: the share, rounded up, and the fixed part. */
export function feeOn(amount: bigint, fee: Fee | null): bigint {
  if (fee === null) return 0n
  const most = BigInt(MOST_BASIS_POINTS)
  return (amount * BigInt(fee.basisPoints) + most - 1n) / most + fee.fixed
}

/** The least to pay so that `amount` is left when the fee has been taken. */
export function withFee(amount: bigint, fee: Fee | null): bigint {
  if (fee === null) return amount
  return BigInt(Math.ceil(Number(amount + fee.fixed) / (1 - fee.basisPoints / MOST_BASIS_POINTS)))
}
