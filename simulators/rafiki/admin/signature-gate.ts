import type { Clock } from '../../../protocols/clock/clock.ts'
import { type RafikiSecret, verifyRafiki } from '../../../protocols/signatures/rafiki.ts'
import { isUuid } from '../../common/uuid.ts'

export interface SignatureGateOptions {
  tenantId: string
  secret: RafikiSecret
  /** How old a signature may be. */
  ttlMs: number
  clock: Clock
}

/** Rafiki answers 500 to such headers. */
export class SignatureUnreadable extends Error {
  override name = 'SignatureUnreadable'
}

/**
 * Decides who may use the Admin API: the tenant, with a signature of the body that is not too old and was not used before. One from the
 * future passes, as in Rafiki, and is remembered until it is too old as well.
 */
export class SignatureGate {
  readonly #options: SignatureGateOptions
  /** When each used signature becomes too old to be used again, oldest use first. */
  readonly #used = new Map<string, number>()

  constructor(options: SignatureGateOptions) {
    this.#options = options
  }

  /** How many used signatures are remembered. */
  get remembered(): number {
    return this.#used.size
  }

  /**
   * Whether a request may pass. Throws a {@link SignatureUnreadable} for headers that Rafiki stumbles over: a tenant id that is no UUID, a
   * signature without a version.
   */
  admits(tenantId: unknown, signature: unknown, body: unknown): boolean {
    if (typeof signature !== 'string' || signature === '') return false
    if (typeof tenantId === 'string' && tenantId !== '' && !isUuid(tenantId)) throw new SignatureUnreadable()
    if (tenantId === this.#options.tenantId && !signature.includes(', ')) throw new SignatureUnreadable()
    if (tenantId !== this.#options.tenantId) return false
    const verdict = verifyRafiki(body, signature, this.#options.secret)
    return verdict.valid && this.#unused(verdict.digest, verdict.timestamp)
  }

  #unused(digest: string, timestamp: number): boolean {
    const now = this.#options.clock.now()
    const until = timestamp + this.#options.ttlMs
    this.#forget(now)
    if (now > until || this.#used.has(digest)) return false
    this.#used.set(digest, until)
    return true
  }

  #forget(now: number): void {
    for (const [digest, until] of this.#used) {
      if (until >= now) return
      this.#used.delete(digest)
    }
  }
}
