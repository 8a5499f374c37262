import type { HttpCall, HttpClient } from '../../simulators/common/http-client.ts'
import type { TerminalLine } from '../../simulators/merchant-ase/terminals/terminal-office.ts'
import type { Device } from '../../simulators/pos/device/device.ts'
import type { Plan } from './plan.ts'

const TIMEOUT_MS = 20_000

/** The merchant ASE's own people, who ask at their office over HTTP. Whatever it refuses is thrown. */
export class BenchOffice {
  readonly #http: Pick<HttpClient, 'call'>
  readonly #office: Plan['office']

  constructor(http: Pick<HttpClient, 'call'>, office: Plan['office']) {
    this.#http = http
    this.#office = office
  }

  /** Allows a device and gives a merchant's activation code for it. */
  async admit({ parts: { serial, model } }: Device, merchantId: string): Promise<string> {
    await this.#ask('POST', '/devices', { serial, model })
    return this.issueCode(merchantId)
  }

  /** An activation code for one terminal of a merchant, good for a day. */
  async issueCode(merchantId: string): Promise<string> {
    const body = { validForHours: 24 }
    const { activationCode } = await this.#ask('POST', `/merchants/${merchantId}/activation-codes`, body)
    return activationCode as string
  }

  /** Decides by which settings a terminal is to work. */
  async configure(terminalId: string, settings: Record<string, unknown>): Promise<void> {
    await this.#ask('PUT', `/terminals/${terminalId}/settings`, { settings })
  }

  /** A rotation is due now; in an emergency no key of the terminal is taken before it. */
  async demandRotation(terminalId: string, emergency = false): Promise<void> {
    await this.#ask('POST', `/terminals/${terminalId}/rotation`, { emergency })
  }

  /** Takes a terminal out of service for good. */
  async retire(terminalId: string, state: 'decommissioned' | 'compromised'): Promise<void> {
    await this.#ask('PUT', `/terminals/${terminalId}/state`, { state })
  }

  /** Every terminal that was ever onboarded. */
  async terminals(): Promise<TerminalLine[]> {
    const { terminals } = await this.#ask('GET', '/terminals')
    return terminals as TerminalLine[]
  }

  async #ask(method: HttpCall['method'], path: string, body?: unknown): Promise<Record<string, unknown>> {
    const { status, body: answer } = await this.#http.call({
      to: 'merchant-ase',
      method,
      url: `${this.#office.url}${path}`,
      headers: { authorization: `Bearer ${this.#office.secret}` },
      ...(body === undefined ? {} : { body }),
      timeoutMs: TIMEOUT_MS,
    })
    if (status === 200) return answer as Record<string, unknown>
    throw new Error(`expected the office to do ${method} ${path}, got ${status}: ${JSON.stringify(answer)}`)
  }
}
