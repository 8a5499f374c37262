import { createHash } from 'node:crypto'
import { GraphQLError } from 'graphql'
import type { Clock } from '../../../protocols/clock/clock.ts'

// Here thousands of payments must not fill the memory.
const MOST = 2_000

interface Answered {
  /** Digest of the operation and its arguments. */
  request: string
  until: number
  /** Undefined while the first request is still at work. */
  result: { value: unknown } | undefined
}

/** Gives a repeated mutation the first one's answer. What failed is not remembered. */
export class Idempotency {
  readonly #clock: Clock
  readonly #ttlMs: number
  readonly #known = new Map<string, Answered>()

  constructor(clock: Clock, ttlMs: number) {
    this.#clock = clock
    this.#ttlMs = ttlMs
  }

  /** Runs `mutate`, or answers as before. Throws a GraphQLError when the key came with another request, or comes while it is at work. */
  async once(
    key: string | null | undefined,
    operation: string,
    input: unknown,
    mutate: () => unknown,
  ): Promise<unknown> {
    if (!key) return mutate()
    const request = digestOf(operation, input)
    this.#forget()
    const known = this.#known.get(key)
    return known === undefined ? this.#first(key, request, mutate) : again(key, request, known)
  }

  async #first(key: string, request: string, mutate: () => unknown): Promise<unknown> {
    const entry: Answered = { request, until: this.#clock.now() + this.#ttlMs, result: undefined }
    this.#known.set(key, entry)
    try {
      entry.result = { value: await mutate() }
      return entry.result.value
    } finally {
      if (entry.result === undefined) this.#known.delete(key)
    }
  }

  #forget(): void {
    const now = this.#clock.now()
    for (const [key, { until }] of this.#known) {
      if (until > now && this.#known.size < MOST) return
      this.#known.delete(key)
    }
  }
}

function again(key: string, request: string, known: Answered): unknown {
  if (known.request !== request)
    throw new GraphQLError(
      `Incoming arguments are different than the original request for idempotencyKey: ${key}`,
    )
  if (known.result === undefined) throw new GraphQLError(`Concurrent request for idempotencyKey: ${key}`)
  return known.result.value
}

function digestOf(operation: string, input: unknown): string {
  const text = JSON.stringify([operation, input], (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  )
  return createHash('sha256').update(text).digest('base64url')
}
