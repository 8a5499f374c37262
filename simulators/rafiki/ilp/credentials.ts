import { uuidBytes, uuidOf } from '../../common/uuid.ts'
import { hmac } from './stream-crypto.ts'

/** How a sender reaches an incoming payment: Open Payments' method `ilp`. */
export interface ConnectionCredentials {
  ilpAddress: string
  /** 32 bytes. */
  sharedSecret: Uint8Array
}

/** Gives out and recognises STREAM connections without remembering them: the address carries the payment's id, the secret follows from it. */
export class CredentialIssuer {
  readonly #address: string
  readonly #secret: Uint8Array

  /** `address`: this connector's ILP address; `secret`: 32 bytes. */
  constructor(address: string, secret: Uint8Array) {
    this.#address = address
    this.#secret = hmac(secret, 'ilp_stream_shared_secret')
  }

  /** Credentials of the incoming payment with this UUID. */
  issue(paymentId: string): ConnectionCredentials {
    const bytes = uuidBytes(paymentId)
    if (bytes === null) throw new TypeError(`expected a UUID as payment id, got "${paymentId}"`)
    const token = Buffer.from(bytes).toString('base64url')
    return { ilpAddress: `${this.#address}.${token}`, sharedSecret: hmac(this.#secret, token) }
  }

  /** The payment a destination address was issued for, and its secret; null when it is not one of this connector's. */
  find(destination: string): { paymentId: string; sharedSecret: Uint8Array } | null {
    if (!destination.startsWith(`${this.#address}.`)) return null
    const token = destination.slice(this.#address.length + 1)
    const bytes = Buffer.from(token, 'base64url')
    if (bytes.length !== 16 || bytes.toString('base64url') !== token) return null
    return { paymentId: uuidOf(bytes), sharedSecret: hmac(this.#secret, token) }
  }
}
