import { z } from 'zod'
import { toHex } from '../../../protocols/bytes/bytes.ts'
import type { Clock } from '../../../protocols/clock/clock.ts'
import type { TrustReason } from '../../../protocols/onboarding/reasons.ts'
import { type HttpAnswer, type HttpCall, type HttpClient, HttpError } from '../../common/http-client.ts'
import type { Random } from '../../common/uuid.ts'
import { DEVICE_KEYS, type Device } from '../device/device.ts'
import { isTrustReason, RefusedByAse, stop } from './outcome.ts'

export interface TrustApiOptions {
  /** Base URL of the merchant ASE's API for terminals, `https://…`. */
  url: string
  /** Trusts the merchant ASE's TLS root alone. */
  http: Pick<HttpClient, 'call'>
  clock: Clock
  random: Random
  /** For one answer, ms. */
  timeoutMs: number
}

const refusal = z.object({ refused: z.string().refine(isTrustReason), detail: z.string().max(2_000) })
const NONCE_BYTES = 16
// The terminal is told by its authenticated ASE that it is none any more: it keeps no keys.
const OUT_OF_SERVICE: readonly TrustReason[] = ['terminal_decommissioned', 'terminal_compromised']

/** The device's way to the merchant ASE. What it refuses is thrown as {@link RefusedByAse}, no answer as `ase_unreachable`. */
export class TrustApi {
  readonly #options: TrustApiOptions

  constructor(options: TrustApiOptions) {
    this.#options = options
  }

  /** Sends a body as it is, unsigned: the device has no identity yet. */
  async post<T>(path: string, body: string, answer: z.ZodType<T>): Promise<T> {
    // As an object, so that the journal leaves out what is secret in it; its text is the same.
    const headers = { 'content-type': 'application/json' }
    return read(await this.#call({ path, body: JSON.parse(body), headers }), answer)
  }

  /** Sends a body signed with the identity of the device's onboarding (RFC 9421), which it also shows in TLS. */
  async postSigned<T>(device: Device, path: string, content: unknown, answer: z.ZodType<T>): Promise<T> {
    const { url, clock, random } = this.#options
    const body = JSON.stringify(content)
    const keyId = device.registration?.terminalId ?? stop('not_onboarded')
    const identity = { keyId, created: clock.now(), nonce: toHex(random(NONCE_BYTES)) }
    const request = { method: 'POST', url: `${url}${path}`, body }
    const signed = await device.parts.keyStore.signRequest(DEVICE_KEYS.signing, request, identity)
    // The HTTP client counts the bytes itself.
    const { 'content-length': _, ...headers } = signed
    const answered = await this.#call({ path, body, headers, as: device.tlsClient })
    try {
      return read(answered, answer)
    } catch (error) {
      if (error instanceof RefusedByAse && OUT_OF_SERVICE.includes(error.reason)) device.decommission()
      throw error
    }
  }

  async #call({
    path,
    ...call
  }: Pick<HttpCall, 'body' | 'headers' | 'as'> & { path: string }): Promise<HttpAnswer> {
    const { url, http, timeoutMs } = this.#options
    try {
      return await http.call({
        to: 'merchant-ase',
        method: 'POST',
        url: `${url}${path}`,
        timeoutMs,
        ...call,
      })
    } catch (error) {
      if (error instanceof HttpError) return stop('ase_unreachable', error.fault)
      throw error
    }
  }
}

function read<T>({ status, body }: HttpAnswer, answer: z.ZodType<T>): T {
  if (status === 200) {
    const taken = answer.safeParse(body)
    return taken.success
      ? taken.data
      : stop('answer_malformed', taken.error.issues.map(({ path }) => path.join('.')).join(', '))
  }
  if (status >= 500) stop('ase_unreachable', `HTTP ${status}`)
  const refused = refusal.safeParse(body)
  if (refused.success) throw new RefusedByAse(refused.data.refused, refused.data.detail)
  return stop('answer_malformed', `HTTP ${status}`)
}
