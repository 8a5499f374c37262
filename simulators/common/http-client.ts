import { Agent, request } from 'undici'
import { toHex } from '../../protocols/bytes/bytes.ts'
import type { Clock } from '../../protocols/clock/clock.ts'
import type { Journal, Party } from '../../protocols/journal/journal.ts'
import { withoutSecrets } from './secret-fields.ts'

/** Where hosts really are: `{ "wallet.example": "http://127.0.0.1:20123" }`, as a hosts file would say it. */
export type Hosts = Record<string, string>

export interface HttpClientOptions {
  /** Whose client this is, for the journal. */
  from: Party
  clock: Clock
  journal: Journal
  hosts?: Hosts
}

export interface HttpCall {
  to: Party
  method: 'GET' | 'POST'
  url: string
  headers?: Record<string, string>
  /** Sent as it is when a string or bytes, else as JSON. Bytes need their own `content-type`. */
  body?: unknown
  /** The call is given up after this many milliseconds of the injected clock. */
  timeoutMs: number
  /** Whether the journal gets an entry; default true. */
  journalled?: boolean
}

export interface HttpAnswer {
  status: number
  headers: Record<string, string>
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

/** A party's way out: keep-alive connections, a bound on every call, every call in the journal. */
export class HttpClient {
  readonly #options: HttpClientOptions
  // Shorter than the 5 s after which Rafiki closes idle connections, so that a call never starts on a dying one.
  readonly #agent = new Agent({ keepAliveTimeout: 3_000, keepAliveMaxTimeout: 3_000, connections: 64 })

  constructor(options: HttpClientOptions) {
    this.#options = options
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
    await this.#agent.destroy()
  }

  async #send(call: HttpCall): Promise<HttpAnswer> {
    const { target, host } = this.#locate(call.url)
    const giveUp = new AbortController()
    const timer = this.#options.clock.after(call.timeoutMs, () => giveUp.abort())
    try {
      const answer = await request(target, {
        method: call.method,
        dispatcher: this.#agent,
        signal: giveUp.signal,
        headers: { ...contentType(call.body), ...call.headers, ...(host === undefined ? {} : { host }) },
        body: encode(call.body),
      })
      const headers = flatten(answer.headers)
      return { status: answer.statusCode, headers, body: await read(answer.body, headers['content-type']) }
    } catch (error) {
      throw this.#explain(call, error, giveUp.signal.aborted)
    } finally {
      timer.cancel()
    }
  }

  #locate(url: string): { target: string; host?: string } {
    const { host, pathname, search } = new URL(url)
    const origin = this.#options.hosts?.[host]
    return origin === undefined ? { target: url } : { target: `${origin}${pathname}${search}`, host }
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
    if (call.journalled === false) return
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

interface AnswerBody {
  text(): Promise<string>
  bytes(): Promise<Uint8Array>
}

async function read(body: AnswerBody, type = ''): Promise<unknown> {
  return type.startsWith('application/octet-stream') ? body.bytes() : decode(await body.text(), type)
}

function decode(text: string, type: string): unknown {
  if (!type.includes('json')) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  )
}
