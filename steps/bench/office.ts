import type { HttpAnswer, HttpCall, HttpClient } from '../../simulators/common/http-client.ts'
import type { Plan } from './plan.ts'

const TIMEOUT_MS = 20_000

/** The merchant ASE's own people, who ask at their office over HTTP. */
export class BenchOffice {
  readonly #http: Pick<HttpClient, 'call'>
  readonly #office: Plan['office']

  constructor(http: Pick<HttpClient, 'call'>, office: Plan['office']) {
    this.#http = http
    this.#office = office
  }

  /** A request, with the office's secret unless another is told. */
  ask(
    method: HttpCall['method'],
    path: string,
    body?: unknown,
    secret = this.#office.secret,
  ): Promise<HttpAnswer> {
    return this.#http.call({
      to: 'merchant-ase',
      method,
      url: `${this.#office.url}${path}`,
      headers: { authorization: `Bearer ${secret}` },
      ...(body === undefined ? {} : { body }),
      timeoutMs: TIMEOUT_MS,
    })
  }

  /** Decides by which settings a terminal is to work. Throws when the office refuses. */
  async configure(terminalId: string, settings: Record<string, unknown>): Promise<void> {
    const { status, body } = await this.ask('PUT', `/terminals/${terminalId}/settings`, { settings })
    if (status !== 200)
      throw new Error(`expected the office to decide on settings, got ${status}: ${JSON.stringify(body)}`)
  }
}
