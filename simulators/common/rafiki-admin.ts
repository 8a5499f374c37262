import type { Clock } from '../../protocols/clock/clock.ts'
import type { Party } from '../../protocols/journal/journal.ts'
import { signRafiki } from '../../protocols/signatures/rafiki.ts'
import { traceHeaders } from './correlation.ts'
import { type HttpClient, HttpError } from './http-client.ts'

export interface RafikiAdminOptions {
  /** Which Rafiki, for the journal. */
  to: Party
  /** `http://host:port/graphql`. */
  url: string
  tenantId: string
  secret: string
  version: number
  clock: Clock
  http: HttpClient
  timeoutMs?: number
}

/** Rafiki refused an Admin API operation; `code` is its `extensions.code`. */
export class RafikiAdminError extends Error {
  override name = 'RafikiAdminError'
  readonly code: string
  constructor(message: string, code: string) {
    super(message)
    this.code = code
  }
}

/** Client of the Admin API of one tenant of one Rafiki instance, embedded or real. */
export class RafikiAdmin {
  readonly #options: RafikiAdminOptions
  #lastSigned = 0

  constructor(options: RafikiAdminOptions) {
    this.#options = options
  }

  /**
   * Runs one GraphQL operation and returns its `data`. Throws {@link RafikiAdminError} for what Rafiki refuses and `HttpError` when it
   * does not answer. A broken connection is tried once more, freshly signed, since Rafiki takes a signature only once.
   */
  async run<Data>(query: string, variables: Record<string, unknown>): Promise<Data> {
    try {
      return await this.#once<Data>(query, variables)
    } catch (error) {
      if (error instanceof HttpError && error.fault === 'unreachable')
        return this.#once<Data>(query, variables)
      throw error
    }
  }

  async #once<Data>(query: string, variables: Record<string, unknown>): Promise<Data> {
    const { to, url, tenantId, secret, version, clock, http, timeoutMs = 10_000 } = this.#options
    const body = { variables, query }
    const signature = signRafiki(body, { secret, version }, this.#moment(clock.now()))
    const answer = await http.call({
      to,
      method: 'POST',
      url,
      headers: { 'tenant-id': tenantId, signature, ...traceHeaders() },
      body,
      timeoutMs,
    })
    return dataOf<Data>(answer.status, answer.body, url)
  }

  // Two equal operations within one millisecond would have one signature, and Rafiki takes it once: no moment is signed twice.
  #moment(now: number): number {
    this.#lastSigned = Math.max(now, this.#lastSigned + 1)
    return this.#lastSigned
  }
}

interface GraphQlAnswer<Data> {
  data?: Data | null
  errors?: { message: string; extensions?: { code?: string } }[]
}

function dataOf<Data>(status: number, body: unknown, url: string): Data {
  const answer = (typeof body === 'object' && body !== null ? body : {}) as GraphQlAnswer<Data>
  const [first] = answer.errors ?? []
  if (first !== undefined) throw new RafikiAdminError(first.message, first.extensions?.code ?? 'UNKNOWN')
  if (status === 401)
    throw new RafikiAdminError(
      `Admin API ${url} refused the request: check tenant id, secret, version and clock`,
      'UNAUTHORIZED',
    )
  if (status !== 200 || !answer.data)
    throw new RafikiAdminError(`expected data from ${url}, got HTTP ${status}`, 'UNEXPECTED')
  return answer.data
}
