import { z } from 'zod'
import { toHex } from '../../protocols/bytes/bytes.ts'
import type { Clock } from '../../protocols/clock/clock.ts'
import { APPROVED, because, type Outcome, REASONS, type ReasonCode } from '../../protocols/outcome/outcome.ts'
import { traceHeaders } from '../common/correlation.ts'
import { type HttpAnswer, type HttpClient, HttpError, type TlsClient } from '../common/http-client.ts'
import { type RequestSigner, signingWith } from './request-signer.ts'
import type { SecuredAccount, SecuredPin } from './secured-members.ts'
import type { Tamper } from './tamper.ts'

/** Body of `POST {posApi}/payments`. */
export interface PaymentBody {
  requestId: string
  /** 9F26, hexadecimal. */
  signature: string
  /** Template 77, hexadecimal. */
  payload: string
  amount: { value: string; assetCode: string; assetScale: number }
  senderWalletAddress: string
  timestamp: number
  /** What the card told of its account, when the terminal has keys. */
  account?: SecuredAccount
  /** The PIN, when the card wants one and it was entered. */
  pin?: SecuredPin
}

/** A request as it went out: sent again byte by byte, it is a replay. */
export interface SentRequest {
  url: string
  headers: Record<string, string>
  body: string
}

export interface PosApiOptions {
  /** Terminal id, the `keyid` of its signatures. */
  keyId: string
  sign: RequestSigner
  /** As whom it connects; undefined shows no certificate. */
  as: TlsClient | undefined
  /** Base URL. */
  url: string
  clock: Clock
  random: (length: number) => Uint8Array
  http: HttpClient
  /** For one answer, ms; longer than the merchant ASE itself waits. */
  timeoutMs: number
}

const codes = Object.keys(REASONS) as ReasonCode[]
const base = z.object({ requestId: z.string().nullable() })
const posApiAnswer = z.discriminatedUnion('outcome', [
  base.extend({ outcome: z.literal('Approved') }),
  base.extend({
    outcome: z.enum(['Declined', 'Failed']),
    code: z.enum(codes),
    reason: z.string().max(2_000),
  }),
])

/** The terminal's side of the POS API: signs, sends, reads the answer. */
export class PosApi {
  readonly #options: PosApiOptions

  constructor(options: PosApiOptions) {
    this.#options = options
  }

  /**
   * Sends a body, freshly signed (RFC 9421). When the connection breaks it is sent once more: the request id makes that one payment.
   * `sent` is the last request that went out.
   */
  async send(
    body: PaymentBody | string,
    tamper: Tamper = {},
  ): Promise<{ outcome: Outcome; sent: SentRequest }> {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const first = await this.#sign(text, tamper)
    const outcome = await this.#post(first, tamper)
    if (outcome !== null) return { outcome, sent: first }
    const second = await this.#sign(text, tamper)
    return { outcome: (await this.#post(second, tamper)) ?? because('pos_api_unreachable'), sent: second }
  }

  /**
   * Asks for something that comes after a payment, freshly signed, twice when the connection breaks. Null when there is no answer of
   * HTTP 200 with JSON.
   */
  async ask(path: string, body: Record<string, unknown>): Promise<Record<string, unknown> | null> {
    const text = JSON.stringify(body)
    for (let attempt = 0; attempt < 2; attempt++) {
      const answer = await this.#call(await this.#sign(text, {}, path), {})
      if (answer === 'timeout') return null
      if (answer !== 'unreachable') return jsonOf(answer)
    }
    return null
  }

  async #sign(body: string, tamper: Tamper, path = '/payments'): Promise<SentRequest> {
    const { keyId, url: baseUrl, clock, random } = this.#options
    const url = `${baseUrl}${path}`
    const sign = tamper.signingKey === undefined ? this.#options.sign : signingWith(tamper.signingKey)
    const signed = await sign(
      { method: 'POST', url, body },
      {
        keyId,
        created: clock.now() + (tamper.requestClockMs ?? 0),
        nonce: tamper.nonce ?? toHex(random(16)),
      },
    )
    // The HTTP client counts the bytes itself, and would not send an altered body under the signed count.
    const { 'content-length': _, ...headers } = signed
    return { url, headers: { ...headers, ...traceHeaders() }, body: altered(body, tamper.alteredBody) }
  }

  /** Null when the connection broke. */
  async #post(sent: SentRequest, tamper: Tamper): Promise<Outcome | null> {
    const answer = await this.#call(sent, tamper)
    if (answer === 'unreachable') return null
    if (answer !== 'timeout') return outcomeOf(answer, sent.body)
    return because('pos_api_unreachable', `no answer within ${this.#patience(tamper)} ms`)
  }

  async #call(sent: SentRequest, tamper: Tamper): Promise<HttpAnswer | HttpError['fault']> {
    const { http, as } = this.#options
    const timeoutMs = this.#patience(tamper)
    try {
      return await http.call({ ...sent, to: 'merchant-ase', method: 'POST', as, timeoutMs })
    } catch (error) {
      if (error instanceof HttpError) return error.fault
      throw error
    }
  }

  #patience({ patienceMs = this.#options.timeoutMs }: Tamper): number {
    return patienceMs
  }
}

function jsonOf({ status, body }: HttpAnswer): Record<string, unknown> | null {
  return status === 200 && typeof body === 'object' && body !== null ? { ...body } : null
}

function altered(body: string, changes: Record<string, unknown> | undefined): string {
  return changes === undefined ? body : JSON.stringify({ ...JSON.parse(body), ...changes })
}

function outcomeOf({ status, body: answered }: HttpAnswer, sent: string): Outcome {
  const read = posApiAnswer.safeParse(answered)
  if (!read.success || !fits(read.data, status, sent))
    return because('pos_api_malformed', excerpt(status, answered))
  const answer = read.data
  if (answer.outcome === 'Approved') return APPROVED
  return { word: answer.outcome, code: answer.code, reason: answer.reason }
}

/** The outcome in an answer of the POS API that is about no tap. */
export function readOutcome(answered: Record<string, unknown>): Outcome {
  const { data } = posApiAnswer.safeParse(answered)
  if (data === undefined) return because('pos_api_malformed')
  return data.outcome === 'Approved' ? APPROVED : { word: data.outcome, code: data.code, reason: data.reason }
}

// An approval is believed only when it is for this very request.
function fits(answer: z.infer<typeof posApiAnswer>, status: number, sent: string): boolean {
  if (answer.outcome !== 'Approved') return true
  return status === 200 && answer.requestId === JSON.parse(sent).requestId
}

function excerpt(status: number, body: unknown): string {
  const text = typeof body === 'string' ? body : (JSON.stringify(body) ?? '')
  return `HTTP ${status}: ${text.slice(0, 120).replace(/[^\x20-\x7e]/g, ' ')}`
}
