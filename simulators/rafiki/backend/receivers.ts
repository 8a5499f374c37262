import { z } from 'zod'
import type { Clock } from '../../../protocols/clock/clock.ts'
import type { Party } from '../../../protocols/journal/journal.ts'
import { type HttpAnswer, type HttpCall, type HttpClient, HttpError } from '../../common/http-client.ts'
import type { ConnectionCredentials } from '../ilp/credentials.ts'
import { type Amount, amountJson } from './assets.ts'

const REQUEST_TIMEOUT_MS = 5_000
const URL_FORM = /^https?:\/\/.+\/incoming-payments\/.{36}$/

const amount = z
  .object({
    value: z.string().regex(/^\d{1,20}$/),
    assetCode: z.string(),
    assetScale: z.number().int().min(0).max(255),
  })
  .transform((json): Amount => ({ ...json, value: BigInt(json.value) }))

const document = z.object({
  id: z.string(),
  walletAddress: z.string(),
  completed: z.boolean(),
  incomingAmount: amount.optional(),
  receivedAmount: amount,
  metadata: z.record(z.string(), z.unknown()).optional(),
  createdAt: z.string(),
  expiresAt: z.string().optional(),
  methods: z.array(z.looseObject({ type: z.string() })),
})

const ilpMethod = z.object({ type: z.literal('ilp'), ilpAddress: z.string(), sharedSecret: z.string() })

const walletAddressDocument = z.object({ id: z.string(), resourceServer: z.string() })

/** An incoming payment of another instance, as Open Payments shows it to a sender. */
export type Receiver = z.infer<typeof document>

/** An incoming payment that another instance is to open. */
export interface NewReceiver {
  walletAddressUrl: string
  incomingAmount?: Amount | null
  /** ISO 8601. */
  expiresAt?: string | null
  metadata?: Record<string, unknown> | null
}

export interface ReceiversOptions {
  http: HttpClient
  other: Party
  useHttp: boolean
  clock: Clock
}

/** Looks up incoming payments by their URL. */
export class Receivers {
  readonly #options: ReceiversOptions

  constructor(options: ReceiversOptions) {
    this.#options = options
  }

  /** `token` stands for the grant of an auth server. Null when the URL is no incoming payment's or nobody answers for it. */
  async get(url: string, token: string | null): Promise<Receiver | null> {
    if (!URL_FORM.test(url)) return null
    const answer = await this.#call({ method: 'GET', url }, token)
    return answer?.status === 200 ? (document.safeParse(answer.body).data ?? null) : null
  }

  /** Opens an incoming payment at the instance of a wallet address; null when nobody answers for it or it is refused there. */
  async create(
    { walletAddressUrl, incomingAmount, expiresAt, metadata }: NewReceiver,
    token: string | null,
  ): Promise<Receiver | null> {
    const found = await this.#call({ method: 'GET', url: walletAddressUrl }, null)
    const { data: holder } = walletAddressDocument.safeParse(found?.status === 200 ? found.body : null)
    if (holder === undefined) return null
    const body = {
      walletAddress: holder.id,
      ...(incomingAmount ? { incomingAmount: amountJson(incomingAmount) } : {}),
      ...(expiresAt ? { expiresAt } : {}),
      ...(metadata ? { metadata } : {}),
    }
    const url = `${holder.resourceServer}/incoming-payments`
    const answer = await this.#call({ method: 'POST', url, body }, token)
    return answer?.status === 201 ? (document.safeParse(answer.body).data ?? null) : null
  }

  /** Whether money can still be sent to it. */
  isActive({ completed, expiresAt, methods }: Receiver): boolean {
    const alive = expiresAt === undefined || Date.parse(expiresAt) > this.#options.clock.now()
    return !completed && alive && methods.length > 0
  }

  async #call(
    { url, ...call }: Pick<HttpCall, 'method' | 'url' | 'body'>,
    token: string | null,
  ): Promise<HttpAnswer | null> {
    const { http, other, useHttp } = this.#options
    try {
      return await http.call({
        ...call,
        to: other,
        url: useHttp ? url.replace(/^https:/, 'http:') : url,
        headers: {
          accept: 'application/json',
          ...(token === null ? {} : { authorization: `GNAP ${token}` }),
        },
        timeoutMs: REQUEST_TIMEOUT_MS,
      })
    } catch (error) {
      if (error instanceof HttpError) return null
      throw error
    }
  }
}

/** What is left to deliver; null when the receiver names no amount. */
export function remainingOf({ incomingAmount, receivedAmount }: Receiver): bigint | null {
  return incomingAmount === undefined ? null : incomingAmount.value - receivedAmount.value
}

/** How to reach the receiver over ILP; null when it does not offer that. */
export function credentialsOf({ methods }: Receiver): ConnectionCredentials | null {
  for (const method of methods) {
    const { data } = ilpMethod.safeParse(method)
    if (data !== undefined)
      return { ilpAddress: data.ilpAddress, sharedSecret: Buffer.from(data.sharedSecret, 'base64url') }
  }
  return null
}
