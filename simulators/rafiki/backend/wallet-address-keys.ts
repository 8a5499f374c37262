import type { Clock } from '../../../protocols/clock/clock.ts'
import { type Random, uuid } from '../../common/uuid.ts'
import { Refusal } from './refusals.ts'

/** An Ed25519 public key (RFC 8037), with which clients of a wallet address sign. */
export interface Jwk {
  kid: string
  x: string
  alg: 'EdDSA'
  kty: 'OKP'
  crv: 'Ed25519'
}

export interface WalletAddressKey {
  readonly id: string
  readonly walletAddressId: string
  readonly jwk: Jwk
  readonly createdAt: number
  revoked: boolean
}

/** The keys that `jwks.json` of a wallet address shows. */
export class WalletAddressKeys {
  readonly #byId = new Map<string, WalletAddressKey>()
  readonly #clock: Clock
  readonly #random: Random

  constructor({ clock, random }: { clock: Clock; random: Random }) {
    this.#clock = clock
    this.#random = random
  }

  create({ walletAddressId, jwk }: { walletAddressId: string; jwk: Jwk }): WalletAddressKey {
    const same = (key: WalletAddressKey) => !key.revoked && key.jwk.kid === jwk.kid && key.jwk.x === jwk.x
    if (this.of(walletAddressId).some(same)) throw new Refusal('keyDuplicate')
    const created = { id: uuid(this.#random), createdAt: this.#clock.now() }
    const key: WalletAddressKey = { ...created, walletAddressId, jwk: { ...jwk }, revoked: false }
    this.#byId.set(key.id, key)
    return key
  }

  revoke(id: string): WalletAddressKey {
    const key = this.#byId.get(id)
    if (key === undefined) throw new Refusal('keyUnknown')
    key.revoked = true
    return key
  }

  /** Revoked ones too, in the order of their creation. */
  of(walletAddressId: string): WalletAddressKey[] {
    return [...this.#byId.values()].filter((key) => key.walletAddressId === walletAddressId)
  }
}
