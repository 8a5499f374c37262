import { isValidIlpAddress } from 'ilp-packet'
import { type Random, uuid } from '../../common/uuid.ts'
import type { Asset, Assets } from './assets.ts'
import { Refusal } from './refusals.ts'

/** Another connector, for one asset. Its balance is what it may still send, plus what was sent to it. */
export interface Peer {
  readonly id: string
  readonly asset: Asset
  readonly staticIlpAddress: string
  readonly createdAt: number
  readonly maxPacketAmount: bigint | null
  readonly name: string | null
  readonly liquidityThreshold: bigint | null
  /** ILP address prefixes reached through it, its own first. */
  readonly routes: string[]
  readonly outgoing: { authToken: string; endpoint: string }
  balance: bigint
}

export interface NewPeer {
  assetId: string
  staticIlpAddress: string
  http: {
    incoming?: { authTokens: string[] } | null
    outgoing: { authToken: string; endpoint: string }
  }
  maxPacketAmount?: bigint | null
  name?: string | null
  liquidityThreshold?: bigint | null
  initialLiquidity?: bigint | null
  routes?: string[] | null
}

export class Peers {
  readonly #byId = new Map<string, Peer>()
  readonly #byToken = new Map<string, Peer>()
  readonly #assets: Assets
  readonly #random: Random

  constructor(assets: Assets, random: Random) {
    this.#assets = assets
    this.#random = random
  }

  create(input: NewPeer, now: number): Peer {
    const asset = this.#check(input)
    const { staticIlpAddress, http } = input
    const peer: Peer = {
      id: uuid(this.#random),
      asset,
      staticIlpAddress,
      createdAt: now,
      maxPacketAmount: input.maxPacketAmount ?? null,
      name: input.name ?? null,
      liquidityThreshold: input.liquidityThreshold ?? null,
      routes: [staticIlpAddress, ...(input.routes ?? [])],
      outgoing: { ...http.outgoing },
      balance: input.initialLiquidity ?? 0n,
    }
    this.#byId.set(peer.id, peer)
    for (const token of http.incoming?.authTokens ?? []) this.#byToken.set(token, peer)
    return peer
  }

  get(id: string): Peer | null {
    return this.#byId.get(id) ?? null
  }

  byToken(token: string): Peer | null {
    return this.#byToken.get(token) ?? null
  }

  byAddressAndAsset(address: string, assetId: string): Peer | null {
    return this.#reaching(address).find((peer) => peer.asset.id === assetId) ?? null
  }

  /**
   * The next hop towards an ILP address, by longest prefix. Of peers with the same one, that of the payment's own asset is taken: Rafiki
   * itself takes any.
   */
  route(destination: string, asset: Asset): Peer | null {
    const reaching = this.#reaching(destination)
    return reaching.find((peer) => peer.asset === asset) ?? reaching[0] ?? null
  }

  /** A peer of this asset, else any: whose token opens the other instance's Open Payments resources. */
  acquaintance(asset: Asset): Peer | null {
    const all = [...this.#byId.values()]
    return all.find((peer) => peer.asset === asset) ?? all[0] ?? null
  }

  #check({ staticIlpAddress, http, assetId }: NewPeer): Asset {
    if (!isValidIlpAddress(staticIlpAddress)) throw new Refusal('peerAddressInvalid')
    if (!/^https?:$/.test(URL.parse(http.outgoing.endpoint)?.protocol ?? ''))
      throw new Refusal('peerEndpointInvalid')
    const asset = this.#assets.get(assetId)
    if (asset === null) throw new Refusal('peerAssetUnknown')
    const same = (peer: Peer) => peer.staticIlpAddress === staticIlpAddress && peer.asset === asset
    if ([...this.#byId.values()].some(same)) throw new Refusal('peerDuplicate')
    if (http.incoming?.authTokens.some((token) => this.#byToken.has(token)))
      throw new Refusal('peerTokenDuplicate')
    return asset
  }

  #reaching(destination: string): Peer[] {
    const length = (peer: Peer) =>
      Math.max(...peer.routes.map((prefix) => (covers(prefix, destination) ? prefix.length : 0)))
    const found = [...this.#byId.values()].map((peer) => ({ peer, length: length(peer) }))
    const longest = Math.max(1, ...found.map((entry) => entry.length))
    return found.filter((entry) => entry.length === longest).map((entry) => entry.peer)
  }
}

function covers(prefix: string, destination: string): boolean {
  return destination === prefix || destination.startsWith(`${prefix}.`)
}
