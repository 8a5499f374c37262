import type { SecureContext } from 'node:tls'
import { Agent, type Dispatcher } from 'undici'
import { toHex } from '../../protocols/bytes/bytes.ts'
import type { Clock, Timer } from '../../protocols/clock/clock.ts'
import type { Journal, Party } from '../../protocols/journal/journal.ts'
import { HttpExchange, type RawAnswer } from './http-exchange.ts'
import { withoutSecrets } from './secret-fields.ts'

/** Where hosts really are: `{ "wallet.example": "http://127.0.0.1:20123" }`, as a hosts file would say it. */
export type Hosts = Record<string, string>

export interface HttpClientOptions {
  /** Whose client this is, for the journal. */
  from: Party
  clock: Clock
  journal: Journal
  hosts?: Hosts
  /** Roots (PEM) that servers of `https` must lead to, in place of the machine's own. */
  trustedRoots?: readonly string[]
}

/** Who a call is made as: shows a certificate in TLS, and has its key. The same object has the same connections. */
export interface TlsClient {
  /** `trustedRoots`: PEM, of servers; undefined for the machine's own. */
  secureContext(trustedRoots: readonly string[] | undefined): SecureContext
}

export interface HttpCall {
  to: Party
  method: 'GET' | 'POST' | 'PUT'
  url: string
  headers?: Record<string, string>
  /** Sent as it is when a string or bytes, else as JSON. Bytes need their own `content-type`. */
  body?: unknown
  /** Without it the client shows no certificate. */
  as?: TlsClient | undefined
  /** The call is given up after this many milliseconds of the injected clock. */
  timeoutMs: number
  /** Whether the journal gets an entry; default true. */
  journalled?: boolean
}

export interface HttpAnswer {
  status: number
  /** Parsed when the answer says JSON, bytes when it says `application/octet-stream`, else text. */
  body: unknown
}

/** No HTTP answer: nobody listened, the connection broke, or time ran out. */
export class HttpError extends Error {
  override name = 'HttpError'
  readonly fault: 'timeout' | 'unreachable'
  constructor(message: string, fault: 'timeout' | 'unreachable', options?: ErrorOptions) {
    super(message, options)
    this.fault = fault
  }
}

// Shorter than the 5 s after which Rafiki closes idle connections, so that a call never starts on a dying one.
const LIMITS = { keepAliveTimeout: 3_000, keepAliveMaxTimeout: 3_000, connections: 64 }

/** A party's way out: keep-alive connections, a bound on every call, every call in the journal. */
export class HttpClient {
  readonly #options: HttpClientOptions
  readonly #agent: Agent
  readonly #agentsOf = new Map<TlsClient, Agent>()

  constructor(options: HttpClientOptions) {
    this.#options = options
    const { trustedRoots } = options
    this.#agent = new Agent({
      ...LIMITS,
      ...(trustedRoots === undefined ? {} : { connect: { ca: [...trustedRoots] } }),
    })
  }

  /** Makes one call. Throws {@link HttpError} when no answer came; every HTTP status is an answer. */
  async call(call: HttpCall): Promise<HttpAnswer> {
    const started = performance.now()
    try {
      const answer = await this.#send(call)
      this.#record(call, started, answer)
      return answer
    } catch (error) {
      this.#record(call, started, null, error)
      throw error
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#agent, ...this.#agentsOf.values()].map((agent) => agent.destroy()))
  }

  #agentFor(client: TlsClient | undefined): Agent {
    if (client === undefined) return this.#agent
    const known = this.#agentsOf.get(client)
    if (known !== undefined) return known
    const connect = { secureContext: client.secureContext(this.#options.trustedRoots) }
    const agent = new Agent({ ...LIMITS, connect })
    this.#agentsOf.set(client, agent)
    return agent
  }

  async #send(call: HttpCall): Promise<HttpAnswer> {
    let timer: Timer | undefined
    let late = false
    try {
      const answer = await new Promise<RawAnswer>((resolve, reject) => {
        const exchange = new HttpExchange(resolve, reject)
        timer = this.#options.clock.after(call.timeoutMs, () => {
          late = true
          exchange.giveUp()
        })
        this.#agentFor(call.as).dispatch(this.#request(call), exchange)
      })
      return { status: answer.status, body: decode(answer) }
    } catch (error) {
      throw this.#explain(call, error, late)
    } finally {
      timer?.cancel()
    }
  }

  #request({ method, url, headers, body }: HttpCall): Dispatcher.DispatchOptions & { origin: string } {
    const { origin, host, pathname, search } = new URL(url)
    const place = this.#options.hosts?.[host]
    return {
      origin: place ?? origin,
      path: pathname + search,
      method,
      headers: { ...contentType(body), ...headers, ...(place === undefined ? {} : { host }) },
      body: encode(body),
    }
  }

  #explain(call: HttpCall, error: unknown, timedOut: boolean): HttpError {
    const what = `${call.method} ${call.url}`
    if (timedOut)
      return new HttpError(
        `expected an answer to ${what} within ${call.timeoutMs} ms, none came`,
        'timeout',
        { cause: error },
      )
    const detail = error instanceof Error ? error.message : String(error)
    return new HttpError(`expected ${call.to} to answer ${what}, got: ${detail}`, 'unreachable', {
      cause: error,
    })
  }

  #record(call: HttpCall, started: number, answer: HttpAnswer | null, error?: unknown): void {
    if (call.journalled === false || this.#options.journal.silent) return
    this.#options.journal.record({
      kind: 'http',
      from: this.#options.from,
      to: call.to,
      method: call.method,
      url: call.url,
      status: answer?.status ?? null,
      requestHeaders: withoutToken(call.headers),
      requestBody: readable(call.body),
      responseBody: readable(answer?.body),
      us: Math.round((performance.now() - started) * 1000),
      ...(error === undefined ? {} : { error: error instanceof Error ? error.message : String(error) }),
    })
  }
}

function encode(body: unknown): string | Uint8Array | null {
  if (body === undefined) return null
  return typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
}

function contentType(body: unknown): Record<string, string> {
  return body === undefined || body instanceof Uint8Array ? {} : { 'content-type': 'application/json' }
}

/** What the journal may hold of a body: bytes as hexadecimal, and no keys. */
function readable(body: unknown): unknown {
  return body instanceof Uint8Array ? toHex(body) : withoutSecrets(body ?? null)
}

/** Bearer tokens are keys: the journal gets their scheme alone. */
function withoutToken({ authorization, ...headers }: Record<string, string> = {}): Record<string, string> {
  return authorization === undefined
    ? headers
    : { ...headers, authorization: `${authorization.split(' ')[0]} …` }
}

function decode({ contentType, body }: RawAnswer): unknown {
  if (contentType.startsWith('application/octet-stream')) return new Uint8Array(body)
  const text = body.toString()
  if (!contentType.includes('json')) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
