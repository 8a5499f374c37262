import { type Random, uuid } from '../../common/uuid.ts'
import type { Asset, Assets } from './assets.ts'
import { Refusal } from './refusals.ts'

export interface AdditionalProperty {
  key: string
  value: string
  visibleInOpenPayments: boolean
}

/** An account as the outside knows it: an https URL, in lower case. */
export interface WalletAddress {
  readonly id: string
  readonly address: string
  readonly asset: Asset
  readonly createdAt: number
  publicName: string | null
  active: boolean
  additionalProperties: AdditionalProperty[]
}

export interface NewWalletAddress {
  assetId: string
  /** The whole URL, or the path under the instance's own host. */
  address: string
  publicName?: string | null
  additionalProperties?: AdditionalProperty[] | null
}

export interface WalletAddressUpdate {
  id: string
  publicName?: string | null
  status?: 'ACTIVE' | 'INACTIVE' | null
  additionalProperties?: AdditionalProperty[] | null
}

const FORBIDDEN_PATHS = ['/incoming-payments', '/outgoing-payments', '/quotes']

export class WalletAddresses {
  readonly #byId = new Map<string, WalletAddress>()
  readonly #byUrl = new Map<string, WalletAddress>()
  readonly #assets: Assets
  readonly #random: Random
  readonly #base: string

  /** `base`: the URL that every wallet address of this instance begins with. */
  constructor(assets: Assets, random: Random, base: string) {
    this.#assets = assets
    this.#random = random
    this.#base = base
  }

  create(input: NewWalletAddress, now: number): WalletAddress {
    const address = this.#urlOf(input.address)
    const asset = this.#assets.get(input.assetId)
    if (asset === null) throw new Refusal('walletAddressAssetUnknown')
    if (this.#byUrl.has(address)) throw new Refusal('walletAddressDuplicate')
    const walletAddress: WalletAddress = {
      id: uuid(this.#random),
      address,
      asset,
      createdAt: now,
      publicName: input.publicName ?? null,
      active: true,
      additionalProperties: cleaned(input.additionalProperties ?? []),
    }
    this.#byId.set(walletAddress.id, walletAddress)
    this.#byUrl.set(address, walletAddress)
    return walletAddress
  }

  update({ id, publicName, status, additionalProperties }: WalletAddressUpdate): WalletAddress {
    const walletAddress = this.get(id)
    if (walletAddress === null) throw new Refusal('walletAddressNotThere')
    if (publicName !== undefined) walletAddress.publicName = publicName
    if (status) walletAddress.active = status === 'ACTIVE'
    if (additionalProperties) walletAddress.additionalProperties = cleaned(additionalProperties)
    return walletAddress
  }

  get(id: string): WalletAddress | null {
    return this.#byId.get(id) ?? null
  }

  list(): WalletAddress[] {
    return [...this.#byId.values()]
  }

  byUrl(url: string): WalletAddress | null {
    return this.#byUrl.get(url.toLowerCase()) ?? null
  }

  /** The wallet address with this id. Throws a {@link Refusal} when there is none or it is inactive. */
  active(id: string): WalletAddress {
    const walletAddress = this.get(id)
    if (walletAddress === null) throw new Refusal('walletAddressUnknown')
    if (!walletAddress.active) throw new Refusal('walletAddressInactive')
    return walletAddress
  }

  #urlOf(address: string): string {
    const url = URL.canParse(address)
      ? new URL(address).href
      : `${this.#base}/${address.startsWith('/') ? address.slice(1) : address}`
    const path = URL.parse(url)?.pathname ?? '/'
    const forbidden = path === '/' || FORBIDDEN_PATHS.some((part) => path.includes(part))
    if (forbidden || !url.startsWith(`${this.#base}/`)) throw new Refusal('walletAddressUrlInvalid')
    return url.toLowerCase()
  }
}

function cleaned(properties: AdditionalProperty[]): AdditionalProperty[] {
  return properties
    .map(({ key, value, visibleInOpenPayments }) => ({
      key: key.trim(),
      value: value.trim(),
      visibleInOpenPayments,
    }))
    .filter(({ key, value }) => key !== '' && value !== '')
}
