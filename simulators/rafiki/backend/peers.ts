import { isValidIlpAddress } from 'ilp-packet'
import { type Random, uuid } from '../../common/uuid.ts'
import type { Asset, Assets } from './assets.ts'
import { Refusal } from './refusals.ts'

/** Another connector, for one asset. Its balance is what it may still send, plus what was sent to it. */
export interface Peer {
  readonly id: string
  readonly asset: Asset
  readonly createdAt: number
  staticIlpAddress: string
  maxPacketAmount: bigint | null
  name: string | null
  liquidityThreshold: bigint | null
  /** ILP address prefixes reached through it, its own first. */
  routes: string[]
  outgoing: { authToken: string; endpoint: string }
  balance: bigint
  credited: bigint
  debited: bigint
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

export type PeerUpdate = { id: string } & {
  [Key in keyof Omit<NewPeer, 'assetId' | 'initialLiquidity'>]?: NewPeer[Key] | null
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
      balance: 0n,
      credited: 0n,
      debited: 0n,
    }
    this.#byId.set(peer.id, peer)
    this.#know(peer, http.incoming?.authTokens ?? [])
    return peer
  }

  /** Changes what is given. */
  update({ id, http, routes, ...changes }: PeerUpdate): Peer {
    const { staticIlpAddress } = changes
    if (staticIlpAddress && !isValidIlpAddress(staticIlpAddress)) throw new Refusal('peerAddressInvalid')
    if (http) checkEndpoint(http.outgoing.endpoint)
    const peer = this.get(id)
    if (peer === null) throw new Refusal('peerUnknown')
    if (http?.incoming) this.#replaceTokens(peer, http.incoming.authTokens)
    if (http) peer.outgoing = { ...http.outgoing }
    Object.assign(peer, given(changes))
    if (routes) peer.routes = [peer.staticIlpAddress, ...routes]
    return peer
  }

  delete(id: string): void {
    const peer = this.get(id)
    if (peer === null) throw new Refusal('peerUnknown')
    this.#forgetTokens(peer)
    this.#byId.delete(id)
  }

  list(): Peer[] {
    return [...this.#byId.values()]
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
    checkEndpoint(http.outgoing.endpoint)
    const asset = this.#assets.get(assetId)
    if (asset === null) throw new Refusal('peerAssetUnknown')
    const same = (peer: Peer) => peer.staticIlpAddress === staticIlpAddress && peer.asset === asset
    if ([...this.#byId.values()].some(same)) throw new Refusal('peerDuplicate')
    this.#checkTokens(http.incoming?.authTokens ?? [])
    return asset
  }

  #checkTokens(tokens: readonly string[]): void {
    if (tokens.some((token) => this.#byToken.has(token))) throw new Refusal('peerTokenDuplicate')
  }

  #replaceTokens(peer: Peer, tokens: readonly string[]): void {
    this.#checkTokens(tokens.filter((token) => this.byToken(token) !== peer))
    this.#forgetTokens(peer)
    this.#know(peer, tokens)
  }

  #forgetTokens(peer: Peer): void {
    for (const [token, owner] of this.#byToken) if (owner === peer) this.#byToken.delete(token)
  }

  #know(peer: Peer, tokens: readonly string[]): void {
    for (const token of tokens) this.#byToken.set(token, peer)
  }

  #reaching(destination: string): Peer[] {
    const length = (peer: Peer) =>
      Math.max(...peer.routes.map((prefix) => (covers(prefix, destination) ? prefix.length : 0)))
    const found = [...this.#byId.values()].map((peer) => ({ peer, length: length(peer) }))
    const longest = Math.max(1, ...found.map((entry) => entry.length))
    return found.filter((entry) => entry.length === longest).map((entry) => entry.peer)
  }
}

function checkEndpoint(endpoint: string): void {
  if (!/^https?:$/.test(URL.parse(endpoint)?.protocol ?? '')) throw new Refusal('peerEndpointInvalid')
}

function given(changes: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
}

function covers(prefix: string, destination: string): boolean {
  return destination === prefix || destination.startsWith(`${prefix}.`)
}
